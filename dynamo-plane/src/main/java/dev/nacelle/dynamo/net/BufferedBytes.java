package dev.nacelle.dynamo.net;

/** What the buffers of all connections hold together, kept as it changes: it is asked at every read. On the server's thread. */
final class BufferedBytes {
    private final long max;
    private long held;

    BufferedBytes(long max) {
        this.max = max;
    }

    /** Takes note of so many bytes more, or less. */
    void add(long bytes) {
        held += bytes;
    }

    void check() throws LimitException {
        if (held > max) throw new LimitException("all requests together hold more than %d bytes".formatted(max));
    }
}
