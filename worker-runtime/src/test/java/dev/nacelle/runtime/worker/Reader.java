package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A requester that keeps what it gets, and notices when it is called by two threads at once or after the terminal. */
final class Reader implements ResponseReceiver {
    final List<Integer> tokens = new CopyOnWriteArrayList<>();
    final List<Chunk> chunks = new CopyOnWriteArrayList<>();
    final List<String> offences = new CopyOnWriteArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicInteger terminals = new AtomicInteger();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final int capacity;
    private final Runnable whileTaking;
    private volatile @Nullable FinishReason reason;
    private volatile @Nullable Usage usage;
    private volatile @Nullable EngineError error;

    Reader() {
        this(Integer.MAX_VALUE);
    }

    /** @param capacity items it takes, as it never reads them */
    Reader(int capacity) {
        this(capacity, () -> {});
    }

    /** @param whileTaking runs while an item is taken */
    Reader(int capacity, Runnable whileTaking) {
        this.capacity = capacity;
        this.whileTaking = whileTaking;
    }

    @Override
    public boolean token(int id) {
        return taking(() -> tokens.add(id));
    }

    @Override
    public boolean chunk(Chunk chunk) {
        return taking(() -> chunks.add(chunk));
    }

    @Override
    public boolean isWritable() {
        return tokens.size() + chunks.size() < capacity;
    }

    @Override
    public void awaitWritable() throws InterruptedException {
        if (!isWritable()) ended.await();
    }

    @Override
    public void finished(FinishReason how, Usage consumed) {
        reason = how;
        usage = consumed;
        terminal();
    }

    @Override
    public void failed(EngineError why) {
        error = why;
        terminal();
    }

    boolean isEnded() {
        return ended.getCount() == 0;
    }

    FinishReason reason() {
        Await.latch(ended);
        if (reason == null) throw new AssertionError("failed: " + error);
        return Objects.requireNonNull(reason);
    }

    Usage usage() {
        reason();
        return Objects.requireNonNull(usage);
    }

    EngineError error() {
        Await.latch(ended);
        if (error == null) throw new AssertionError("finished: " + reason);
        return Objects.requireNonNull(error);
    }

    private boolean taking(Runnable keep) {
        if (!busy.compareAndSet(false, true)) offences.add("two threads at once");
        if (terminals.get() > 0) offences.add("an item after the terminal");
        try {
            boolean taken = isWritable();
            if (taken) keep.run();
            whileTaking.run();
            return taken;
        } finally {
            busy.set(false);
        }
    }

    private void terminal() {
        if (busy.get()) offences.add("a terminal while an item is taken");
        if (terminals.incrementAndGet() > 1) offences.add("a second terminal");
        ended.countDown();
    }
}
