package dev.nacelle.dynamo.net;

import dev.nacelle.dynamo.wire.CallInfo;
import dev.nacelle.dynamo.wire.FrameBuffer;
import dev.nacelle.dynamo.wire.ResponseWriter;
import dev.nacelle.runtime.metrics.RequestMetrics;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that dials frontends, writes the responses of all streams and hears what frontends say about them.
 *
 * <p>Responses with something to write wait on a stack whose links they are themselves: a wake-up by an engine's thread
 * allocates nothing, and while this thread is busy it is one compare-and-set. What piled up meanwhile is rendered into one
 * buffer and goes out in one write.
 */
public final class ResponseLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResponseLoop.class);
    private static final int TICK_MS = 250;
    private static final int BUFFER_BYTES = 64 << 10;

    /** What responses get at the end to be written out. */
    private static final Duration FLUSH_TIME = Duration.ofSeconds(5);

    private final NetLimits limits;
    private final int queueSlots;
    private final PlaneThread thread;
    private final AtomicReference<@Nullable Response> newest = new AtomicReference<>();
    private volatile Selector selector;
    private volatile boolean sleeping;
    private volatile boolean closed;
    private volatile long closedNanos;

    // Of the thread's own.
    private final Set<Response> open = new HashSet<>();
    private final FrameBuffer out = new FrameBuffer(BUFFER_BYTES + 4096);
    private long nextTick = System.nanoTime();

    /** @param queueSlots how far an engine may be ahead of its reader, in items */
    public ResponseLoop(NetLimits limits, int queueSlots) throws IOException {
        this.limits = limits;
        this.queueSlots = queueSlots;
        selector = Selector.open();
        thread = new PlaneThread("dynamo-responses", this::loop, this::mend);
        thread.start();
    }

    /**
     * A response that nothing happens to until it is started. From any thread.
     *
     * @param ended runs once, when a response that was started has come to its end
     */
    public Response prepare(CallInfo call, ResponseWriter writer, RequestMetrics metrics, Runnable ended) {
        return new Response(this, call, writer, metrics, ended, queueSlots);
    }

    /** How the thread is; while it does not work, nothing should be taken that has to be answered. */
    public ThreadHealth health() {
        return thread.health();
    }

    /** Writes out what there is, within a few seconds, and ends; idempotent. */
    @Override
    public void close() {
        if (!closed) closedNanos = System.nanoTime();
        closed = true;
        selector.wakeup();
        thread.close();
        // What is left now is the thread's own no more.
        for (Response each = newest.getAndSet(null); each != null; each = each.older) each.abandon();
        List.copyOf(open).forEach(Response::abandon);
        try {
            selector.close();
        } catch (IOException e) {
            LOG.debug("the responses' selector did not close", e);
        }
    }

    NetLimits limits() {
        return limits;
    }

    Selector selector() {
        return selector;
    }

    /** The buffer that the response at hand renders into, empty. */
    FrameBuffer buffer() {
        out.clear();
        return out;
    }

    /** How much is rendered before it is written. */
    static int bufferBytes() {
        return BUFFER_BYTES;
    }

    void opened(Response response) {
        open.add(response);
    }

    void ended(Response response) {
        open.remove(response);
    }

    /** Puts a response that is not there yet on the stack. From any thread. */
    void push(Response response) {
        Response head;
        do {
            head = newest.get();
            response.older = head;
        } while (!newest.compareAndSet(head, response));
        if (head == null && sleeping) selector.wakeup();
    }

    private void loop() throws IOException {
        while (true) {
            var batch = newest.getAndSet(null);
            if (batch != null) {
                runInOrder(batch);
                selector.selectNow(this::selected);
            } else if (closed && isFlushed()) return;
            else await();
            tick();
        }
    }

    /** Takes all connections to another selector: their responses are owed, whatever has become of this one. */
    private void mend() throws IOException {
        sleeping = false;
        selector.close();
        selector = Selector.open();
        for (var response : List.copyOf(open)) guarded(response, response::move);
    }

    private void await() throws IOException {
        sleeping = true;
        // In this order: who pushes after the look below sees that this thread sleeps.
        if (newest.get() == null && !(closed && open.isEmpty())) selector.select(this::selected, TICK_MS);
        sleeping = false;
    }

    private boolean isFlushed() {
        return open.isEmpty() || System.nanoTime() - closedNanos > FLUSH_TIME.toNanos();
    }

    private void tick() {
        long now = System.nanoTime();
        if (now - nextTick < 0) return;
        nextTick = now + TICK_MS * 1_000_000L;
        for (var response : List.copyOf(open)) guarded(response, () -> response.tick(now));
    }

    private void selected(SelectionKey key) {
        if (key.attachment() instanceof Response response) guarded(response, () -> response.selected(key));
    }

    /** The stack's newest is its first: the others have waited longer. */
    private void runInOrder(Response batch) {
        Response oldest = null;
        for (Response each = batch; each != null; ) {
            Response next = each.older;
            each.older = oldest;
            oldest = each;
            each = next;
        }
        for (Response each = oldest; each != null; ) {
            Response next = each.older;
            each.older = null;
            each.unqueued();
            var response = each;
            guarded(response, response::work);
            each = next;
        }
    }

    /** One response's trouble is not the others'. */
    private static void guarded(Response response, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            LOG.error("request {}: the response is given up", response.id(), e);
            response.abandon();
        }
    }
}
