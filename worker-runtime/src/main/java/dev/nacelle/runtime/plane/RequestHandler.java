package dev.nacelle.runtime.plane;

import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateRequest;

/** An instance's side of the plane: takes requests. */
@FunctionalInterface
public interface RequestHandler {
    /**
     * Takes a request, or refuses it by throwing; returns at once. Once taken, the receiver gets exactly one terminal,
     * whatever happens.
     *
     * @throws EngineException when the request is refused: nothing was and nothing will be sent to the receiver
     */
    InFlight handle(GenerateRequest request, RequestHead head, ResponseReceiver receiver) throws EngineException;
}
