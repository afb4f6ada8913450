package dev.nacelle.runtime.plane;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;

/** How a response ended. */
public sealed interface Terminal {
    /** The engine came to the end of it. */
    record Finished(FinishReason reason, Usage usage) implements Terminal {}

    /** It broke off. */
    record Failed(EngineError error) implements Terminal {}
}
