package dev.nacelle.python.cpython;

import java.util.ArrayList;
import java.util.List;

/**
 * Frames that wait for an event loop, and the pipe that wakes it: once for all that came since it last took some. Safe
 * from any thread.
 */
final class Mailbox {
    private final int readEnd;
    private final int writeEnd;

    // Guarded by this.
    private List<byte[]> waiting = new ArrayList<>();
    private boolean closed;

    private Mailbox(int readEnd, int writeEnd) {
        this.readEnd = readEnd;
        this.writeEnd = writeEnd;
    }

    static Mailbox open() {
        var ends = Native.pipe();
        return new Mailbox(ends[0], ends[1]);
    }

    /** The descriptor for the loop to watch. */
    int readEnd() {
        return readEnd;
    }

    /** Adds a frame; after the end it goes nowhere. */
    synchronized void put(byte[] frame) {
        if (closed) return;
        waiting.add(frame);
        // One byte at most is in the pipe for each taking, so that the write never waits.
        if (waiting.size() == 1) Native.writeByte(writeEnd);
    }

    /** All that wait, one after the other. */
    byte[] takeAll() {
        List<byte[]> taken;
        synchronized (this) {
            if (waiting.isEmpty()) return new byte[0];
            taken = waiting;
            waiting = new ArrayList<>();
        }
        var all = new byte[taken.stream().mapToInt(frame -> frame.length).sum()];
        int at = 0;
        for (var frame : taken) {
            System.arraycopy(frame, 0, all, at, frame.length);
            at += frame.length;
        }
        return all;
    }

    /** When the loop watches no more. */
    synchronized void close() {
        if (closed) return;
        closed = true;
        waiting = List.of();
        Native.close(readEnd);
        Native.close(writeEnd);
    }
}
