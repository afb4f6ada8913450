package dev.nacelle.runtime.plane;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One response between the engine's thread, which fills it, and one reader at a time, which drains it: a ring of token
 * ids, without a lock and without an allocation a token. Items richer than a token take a slot of the ring too, and the
 * text in them is bounded besides.
 */
public final class ResponseQueue implements ResponseReceiver {
    /** Stands in the ring for an item of {@link #chunks}; as a token it would be no id of any vocabulary. */
    private static final int CHUNK = Integer.MIN_VALUE;

    private static final int CHARS_PER_SLOT = 64;

    /** Who reads. */
    public interface Reader {
        /** Takes a token of the first choice. @return false when the next is not wanted now */
        boolean token(int id);

        /** Takes a richer item. @return false when the next is not wanted now */
        boolean chunk(Chunk chunk);
    }

    private final int[] ring;
    private final int mask;
    private final int writableBelow;
    private final Runnable ready;
    private @Nullable Chunk @Nullable [] chunks;

    // Both count on beyond the ring and wrap around; their difference is what is queued.
    private volatile int written; // by the engine's thread alone, as is charsWritten
    private volatile int read; // by the reader's, as is charsRead
    private volatile long charsWritten;
    private volatile long charsRead;

    private volatile @Nullable Terminal terminal;
    private volatile boolean closed;

    private final Object writable = new Object();
    private volatile int waiting;

    /**
     * @param slots at least that many items fit; rounded up to a power of two
     * @param ready called after every change, by the thread that made it: must never block, and be short on a thread that serves
     *     other requests too, which a virtual one does not
     */
    public ResponseQueue(int slots, Runnable ready) {
        if (slots < 1 || slots > 1 << 20)
            throw new IllegalArgumentException("%d slots, expected 1 to %d".formatted(slots, 1 << 20));
        int size = slots == 1 ? 1 : Integer.highestOneBit(slots - 1) << 1;
        ring = new int[size];
        mask = size - 1;
        writableBelow = Math.max(1, size - size / 4);
        this.ready = ready;
    }

    @Override
    public boolean token(int id) {
        if (closed) return true;
        int at = written;
        if (at - read > mask) return false;
        ring[at & mask] = id == CHUNK ? -1 : id;
        written = at + 1;
        ready.run();
        return true;
    }

    @Override
    public boolean chunk(Chunk chunk) {
        if (closed) return true;
        int at = written;
        int queued = at - read;
        int chars = chunk.text().map(String::length).orElse(0);
        // One item always fits, however long its text.
        long text = charsWritten + chars;
        if (queued > mask || (queued > 0 && text - charsRead > (long) ring.length * CHARS_PER_SLOT)) return false;
        var items = chunks;
        if (items == null) chunks = items = new @Nullable Chunk[ring.length];
        items[at & mask] = chunk;
        ring[at & mask] = CHUNK;
        charsWritten = text;
        written = at + 1;
        ready.run();
        return true;
    }

    @Override
    public boolean isWritable() {
        return closed
                || (written - read < writableBelow && charsWritten - charsRead < (long) writableBelow * CHARS_PER_SLOT);
    }

    @Override
    public void awaitWritable() throws InterruptedException {
        if (isWritable()) return;
        synchronized (writable) {
            waiting++;
            try {
                while (!isWritable() && terminal == null) writable.wait();
            } finally {
                waiting--;
            }
        }
    }

    @Override
    public void finished(FinishReason reason, Usage usage) {
        end(new Terminal.Finished(reason, usage));
    }

    @Override
    public void failed(EngineError error) {
        end(new Terminal.Failed(error));
    }

    private void end(Terminal how) {
        terminal = how;
        wakeWaiting();
        ready.run();
    }

    /** Hands what is queued to the reader, oldest first, until there is nothing more or the reader wants no more. */
    public void drainTo(Reader reader) {
        int from = read;
        int to = written;
        int at = from;
        boolean more = true;
        try {
            while (more && at != to) {
                int slot = at++ & mask;
                int id = ring[slot];
                more = id == CHUNK ? reader.chunk(takeChunk(slot)) : reader.token(id);
            }
        } finally {
            // Also when the reader throws: an item is handed over once.
            if (at != from) {
                read = at;
                wakeWaiting();
            }
        }
    }

    private Chunk takeChunk(int slot) {
        var items = chunks;
        var chunk = items == null ? null : items[slot];
        if (items == null || chunk == null) throw new IllegalStateException("slot %d holds no item".formatted(slot));
        items[slot] = null;
        long before = charsRead;
        charsRead = before + chunk.text().map(String::length).orElse(0);
        return chunk;
    }

    /**
     * Reads a little of what {@link #drainTo} will read, so that the processor fetches it: for a reader of many queues, who can
     * so have what is to be fetched of one beside that of others.
     *
     * @return anything that depends on it
     */
    public int touch() {
        return ring[read & mask];
    }

    /** The response's end, once everything before it was drained. */
    public Optional<Terminal> terminal() {
        var end = terminal; // before the count: what was written before the terminal is then seen
        return end != null && written == read ? Optional.of(end) : Optional.empty();
    }

    /** Discards whatever comes from now on; nobody waits for this reader any more. Idempotent, from any thread. */
    public void close() {
        closed = true;
        wakeWaiting();
    }

    private void wakeWaiting() {
        if (waiting == 0) return;
        synchronized (writable) {
            writable.notifyAll();
        }
    }
}
