package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.admission.Budget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one request without holding a thread, bounded in size and time. A body that is too large is read to
 * its end all the same, as far as {@link #DISCARD_FACTOR} goes, and dropped: a client that is still sending would else
 * see a broken connection and not the answer.
 */
final class BodyIntake implements Runnable {
    /** The outcome; called exactly once, on a thread that may work but should not wait. */
    interface Receiver {
        void body(byte[] bytes, int length);

        /** More than the limit. */
        void tooLarge();

        /** All bodies together have no room for it. */
        void noRoom();

        /** Not there in time. */
        void tooSlow();

        /** Sent in a way that is no HTTP, such as a chunk without a size. */
        void malformed();

        /** The client left. */
        void broken(Throwable cause);
    }

    private enum State {
        READING,
        ENDED,
        LATE
    }

    /** How many times the limit is read and dropped before the connection is given up. */
    private static final int DISCARD_FACTOR = 32;

    private static final int FIRST_BUFFER = 16 << 10;

    private final Request request;
    private final int limit;
    private final Duration timeout;
    private final Budget budget;
    private final Receiver receiver;
    private final List<Budget.Share> shares = new ArrayList<>(1);
    private boolean starved;
    private byte[] bytes = new byte[0];
    private long length;
    private Scheduler.@Nullable Task timer;
    private final AtomicReference<State> state = new AtomicReference<>(State.READING);

    private BodyIntake(Request request, int limit, Duration timeout, Budget budget, Receiver receiver) {
        this.request = request;
        this.limit = limit;
        this.timeout = timeout;
        this.budget = budget;
        this.receiver = receiver;
    }

    /** Reads; the receiver may be called before this returns. */
    static void read(Request request, int limit, Duration timeout, Budget budget, Receiver receiver) {
        var intake = new BodyIntake(request, limit, timeout, budget, receiver);
        // A client that asks first is not asked to send what is not wanted.
        if (request.getLength() > limit && request.getHeaders().contains(HttpHeader.EXPECT)) receiver.tooLarge();
        else intake.run();
    }

    @Override
    public void run() {
        while (true) {
            var chunk = request.read();
            if (chunk == null) {
                if (timer == null)
                    timer = request.getComponents()
                            .getScheduler()
                            .schedule(this::expire, timeout.toNanos(), TimeUnit.NANOSECONDS);
                request.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                end(chunk.getFailure());
                return;
            }
            take(chunk);
            boolean last = chunk.isLast();
            chunk.release();
            if (last || length > (long) limit * DISCARD_FACTOR) {
                end(null);
                return;
            }
        }
    }

    private void take(Content.Chunk chunk) {
        int more = chunk.remaining();
        if (length + more <= limit && ensureCapacity((int) length + more)) {
            chunk.getByteBuffer().get(bytes, (int) length, more);
        } else {
            bytes = new byte[0];
        }
        length += more;
    }

    /** Grows with what arrives and not with what is announced. @return false when there is no room for it */
    private boolean ensureCapacity(int needed) {
        if (starved) return false;
        if (needed <= bytes.length) return true;
        int announced = Math.clamp(request.getLength(), 0, FIRST_BUFFER);
        int size = Math.max(needed, Math.max(announced, Math.min(limit, bytes.length * 2)));
        var share = budget.take(size - bytes.length);
        starved = share.isEmpty();
        if (starved) return false;
        shares.add(share.get());
        bytes = Arrays.copyOf(bytes, size);
        return true;
    }

    private void expire() {
        if (state.compareAndSet(State.READING, State.LATE))
            request.fail(new TimeoutException("the body did not arrive within " + timeout));
    }

    private void end(@Nullable Throwable failure) {
        if (timer != null) timer.cancel();
        try {
            tell(failure);
        } finally {
            shares.forEach(Budget.Share::close);
        }
    }

    private void tell(@Nullable Throwable failure) {
        if (!state.compareAndSet(State.READING, State.ENDED) || failure instanceof TimeoutException) receiver.tooSlow();
        else if (failure == null && length > limit) receiver.tooLarge();
        else if (failure == null && starved) receiver.noRoom();
        else if (failure == null) receiver.body(bytes, (int) length);
        else if (failure instanceof HttpException) receiver.malformed();
        else receiver.broken(failure);
    }
}
