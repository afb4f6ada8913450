package dev.nacelle.frontend.stream;

/**
 * What an event stream consists of: appended to its writer's {@linkplain WriterThread#out buffer} when asked for. Called by
 * that writer's thread, never while earlier bytes are being written.
 */
public interface Frames {
    /**
     * Appends what is ready to be written, at most a write's worth; nothing when nothing is.
     *
     * @return whether more may be ready already
     */
    boolean next();

    /** Reads a little of all that {@link #next} will read, see {@link WriterThread.Job#touch}. */
    int touch();

    /** Whether what {@link #next} appended last is the end of the stream. */
    boolean isLast();

    /** Appends what to write when there was nothing for long, such as a comment. */
    void keepAlive();

    /** The last byte is written. */
    void written();

    /** The stream cannot be written any more: the client left, or takes nothing. */
    void broken(Throwable cause);
}
