package dev.nacelle.dynamo.net;

import dev.nacelle.dynamo.wire.MalformedFrameException;
import dev.nacelle.dynamo.wire.RequestFrame;

/** Takes requests. */
@FunctionalInterface
public interface FrameHandler {
    /**
     * Takes a request or refuses it; returns at once. A request that is taken is answered, whatever happens.
     *
     * @return empty when it is taken, else why it is not, in the words of the protocol
     * @throws MalformedFrameException when nobody could answer it, as it does not say where
     */
    String handle(RequestFrame frame) throws MalformedFrameException;
}
