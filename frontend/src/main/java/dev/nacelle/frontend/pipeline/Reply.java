package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.stream.PeerWatch;
import dev.nacelle.spi.error.EngineError;
import java.time.Duration;

/** A response on its way to the caller. */
interface Reply extends PeerWatch.Watched {
    /** How often it is to be ticked, for the limits that it keeps. */
    Duration tickEvery();

    /** The engine's side of it. */
    Generation generation();

    /** The protocol says that the caller left. From any thread. */
    void callerGone(Throwable cause);

    /** Ends the response with that error, because the host stops. From any thread. */
    void cut(EngineError error);
}
