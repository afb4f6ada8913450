package dev.nacelle.dynamo.wire;

/** What came in is no frame of the protocol, or one beyond the limits: its connection cannot be read on. */
public final class MalformedFrameException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedFrameException(String message) {
        super(message);
    }
}
