package dev.nacelle.runtime.worker;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.util.Optional;

/** How a response ended. The first ending that is decided stands; there is never a second one. */
sealed interface Ending {
    /** The engine finished it; without a usage the host's own count is reported. */
    record Finished(FinishReason reason, Optional<Usage> usage) implements Ending {}

    /** The engine failed, or broke its contract. */
    record Failed(EngineError error) implements Ending {}

    /** The host gave it up, and the engine is told; without an error it ends as cancelled. */
    record GivenUp(Optional<EngineError> error) implements Ending {}
}
