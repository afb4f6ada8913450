package dev.nacelle.frontend.stream;

import java.nio.ByteBuffer;

/** Where an event stream gets its bytes from. Called by one thread at a time, never while earlier bytes are being written. */
public interface Frames {
    /** Bytes before the position of what is returned here, which the writer may overwrite: those of a chunk's head. */
    int ROOM = 12;

    /** What is ready to be written, at most a write's worth; empty when nothing is. */
    ByteBuffer next();

    /** Whether what {@link #next} returned last is the end of the stream. */
    boolean isLast();

    /** What to write when there was nothing for long, such as a comment. */
    ByteBuffer keepAlive();

    /** The last byte is written. */
    void written();

    /** The stream cannot be written any more: the client left, or takes nothing. */
    void broken(Throwable cause);
}
