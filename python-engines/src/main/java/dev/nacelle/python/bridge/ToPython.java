package dev.nacelle.python.bridge;

/** Kinds of frames to Python; the codes are those of {@code nacelle/_bridge/frames.py}. */
public enum ToPython {
    /** Calls the engine; the id is the call's. Payload: JSON {@code {"method": …, …}}. */
    CALL(1),
    /** A request; the id is the stream's. Payload: u32 count of prompt tokens, these as i32, then JSON. */
    GENERATE(2),
    /** The stream was cancelled. No payload. */
    CANCEL(3),
    /** The stream's reader is behind: do not pull its generator. No payload. */
    PAUSE(4),
    /** Go on. No payload. */
    RESUME(5),
    /** End the event loop. No payload, id 0. */
    CLOSE(6);

    private final byte code;

    ToPython(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    /** Whether a frame is one of these. */
    public boolean is(byte[] frame) {
        return frame[Integer.BYTES] == code;
    }
}
