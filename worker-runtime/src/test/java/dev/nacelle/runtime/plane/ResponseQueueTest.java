package dev.nacelle.runtime.plane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ResponseQueueTest {
    private final AtomicInteger wakeUps = new AtomicInteger();
    private final ResponseQueue queue = new ResponseQueue(8, wakeUps::incrementAndGet);
    private final Collected collected = new Collected();

    /** Notes what it reads, and stops after a token of 99. */
    private static final class Collected implements ResponseQueue.Reader {
        final List<Object> items = new ArrayList<>();

        @Override
        public boolean token(int id) {
            items.add(id);
            return id != 99;
        }

        @Override
        public boolean chunk(Chunk chunk) {
            items.add(chunk);
            return true;
        }
    }

    /** Wants one item at a time. */
    private static final class OneItem implements ResponseQueue.Reader {
        @Override
        public boolean token(int id) {
            return false;
        }

        @Override
        public boolean chunk(Chunk chunk) {
            return false;
        }
    }

    @Test
    void tokensComeOutInOrderAcrossTheRingsEnd() {
        var expected = new ArrayList<Object>();
        for (int i = 0; i < 100; i++) {
            assertThat(queue.token(i < 99 ? i : -7)).isTrue();
            expected.add(i < 99 ? i : -7);
            if (i % 5 == 0) queue.drainTo(collected);
        }
        queue.drainTo(collected);
        assertThat(collected.items).isEqualTo(expected);
    }

    @Test
    void anEngineThatMindsIsWritableNeverOverflowsWithText() {
        var text = Chunk.ofText("x".repeat(50));
        int taken = 0;
        while (queue.isWritable()) {
            assertThat(queue.chunk(text)).isTrue();
            taken++;
        }
        assertThat(taken).isBetween(1, 8);
        queue.drainTo(collected);
        assertThat(queue.isWritable()).isTrue();
    }

    @Test
    void anItemWhoseReaderThrowsIsNotHandedOverAgain() {
        queue.chunk(Chunk.ofTokens(1));
        queue.token(2);
        assertThatThrownBy(() -> queue.drainTo(new ResponseQueue.Reader() {
                    @Override
                    public boolean token(int id) {
                        throw new IllegalStateException("token " + id);
                    }

                    @Override
                    public boolean chunk(Chunk chunk) {
                        throw new IllegalStateException("chunk");
                    }
                }))
                .hasMessage("chunk");
        queue.drainTo(collected);
        assertThat(collected.items).containsExactly(2);
    }

    @Test
    void aFullQueueRefusesWhatComes() {
        for (int i = 0; i < 8; i++) assertThat(queue.token(i)).isTrue();
        assertThat(queue.token(8)).isFalse();
        assertThat(queue.chunk(Chunk.ofTokens(1))).isFalse();
        queue.drainTo(collected);
        assertThat(collected.items).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void itIsNotWritableWhileNearlyFull() {
        for (int i = 0; i < 6; i++) {
            assertThat(queue.isWritable()).isTrue();
            queue.token(i);
        }
        assertThat(queue.isWritable()).isFalse();
        queue.drainTo(new OneItem());
        assertThat(queue.isWritable()).isTrue();
    }

    @Test
    void awaitWritableReturnsOnceTheReaderHasRead() throws InterruptedException {
        for (int i = 0; i < 8; i++) queue.token(i);
        var waited = new CountDownLatch(1);
        var waiter = Thread.ofVirtual().start(() -> {
            try {
                queue.awaitWritable();
                waited.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        awaitState(waiter, Thread.State.WAITING);
        queue.drainTo(collected);
        waited.await();
    }

    @Test
    void awaitWritableReturnsWhenTheResponseEndsOrNobodyReads() throws InterruptedException {
        for (int i = 0; i < 8; i++) queue.token(i);
        queue.failed(new EngineError.Unknown("broken"));
        queue.awaitWritable();

        var abandoned = new ResponseQueue(1, () -> {});
        abandoned.token(1);
        abandoned.close();
        abandoned.awaitWritable();
        assertThat(abandoned.token(2))
                .as("a token that nobody wants is no overflow")
                .isTrue();
        assertThat(abandoned.chunk(Chunk.ofText("x"))).isTrue();
    }

    @Test
    void theTerminalShowsAfterEverythingBeforeIt() {
        queue.token(1);
        queue.finished(FinishReason.LENGTH, new Usage(3, 1));
        assertThat(queue.terminal()).isEmpty();
        queue.drainTo(collected);
        assertThat(queue.terminal()).contains(new Terminal.Finished(FinishReason.LENGTH, new Usage(3, 1)));
    }

    @Test
    void theTerminalIsTakenByAFullQueue() {
        for (int i = 0; i < 8; i++) queue.token(i);
        queue.failed(new EngineError.Overloaded("slow", java.time.Duration.ZERO));
        queue.drainTo(collected);
        assertThat(queue.terminal()).isPresent();
    }

    @Test
    void richItemsKeepTheirPlaceAmongTokens() {
        queue.token(1);
        queue.chunk(Chunk.ofText("two"));
        queue.token(Integer.MIN_VALUE);
        queue.drainTo(collected);
        assertThat(collected.items).containsExactly(1, Chunk.ofText("two"), -1);
    }

    @Test
    void textIsBoundedBesidesTheSlots() {
        var large = Chunk.ofText("x".repeat(1000));
        assertThat(queue.chunk(large)).as("one item always fits").isTrue();
        assertThat(queue.chunk(Chunk.ofText("y"))).isFalse();
        queue.drainTo(collected);
        assertThat(queue.chunk(large)).isTrue();
    }

    @Test
    void aReaderThatHasEnoughIsHandedNothingMore() {
        for (int id : new int[] {1, 99, 2}) queue.token(id);
        queue.drainTo(collected);
        assertThat(collected.items).containsExactly(1, 99);
    }

    @Test
    void everyChangeWakesTheReader() {
        queue.token(1);
        queue.chunk(Chunk.ofText("a"));
        queue.finished(FinishReason.STOP, new Usage(1, 2));
        assertThat(wakeUps).hasValue(3);
    }

    @Test
    void nothingIsLostBetweenTwoThreads() throws InterruptedException {
        int count = 300_000;
        var seen = new int[1];
        var ready = new Semaphore(0);
        var shared = new ResponseQueue(64, ready::release);
        var inOrder = new ResponseQueue.Reader() {
            @Override
            public boolean token(int id) {
                if (id == seen[0]) seen[0]++;
                return true;
            }

            @Override
            public boolean chunk(Chunk chunk) {
                return true;
            }
        };
        var reader = Thread.ofPlatform().start(() -> {
            while (shared.terminal().isEmpty()) {
                ready.acquireUninterruptibly();
                ready.drainPermits();
                shared.drainTo(inOrder);
            }
        });
        for (int i = 0; i < count; i++) {
            shared.awaitWritable();
            assertThat(shared.token(i)).isTrue();
        }
        shared.finished(FinishReason.STOP, new Usage(1, count));
        reader.join();
        assertThat(seen[0]).isEqualTo(count);
    }

    @Test
    void aQueueHasABound() {
        assertThatThrownBy(() -> new ResponseQueue(0, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("0 slots, expected 1 to 1048576");
    }

    static void awaitState(Thread thread, Thread.State state) {
        while (thread.getState() != state) Thread.onSpinWait();
    }
}
