package dev.nacelle.dynamo.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.dynamo.Await;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PlaneThreadTest {
    @Test
    void workThatFailedIsGoneOnWithAsSoonAsItCanBeMended() {
        var works = new AtomicInteger();
        var mendable = new AtomicBoolean();
        var end = new CountDownLatch(1);
        var thread = new PlaneThread(
                "test",
                () -> {
                    if (works.incrementAndGet() == 1) throw new IllegalStateException("a defect");
                    awaitUninterruptibly(end);
                },
                () -> {
                    if (!mendable.get()) throw new IOException("not yet");
                });
        thread.start();
        Await.until("an attempt to mend", () -> thread.health().failures() > 1);
        assertThat(thread.health().works()).isFalse();
        assertThat(thread.health().lastError()).isEqualTo("java.io.IOException: not yet");
        assertThat(works).hasValue(1);

        mendable.set(true);
        Await.until("the work", () -> works.get() == 2);
        assertThat(thread.health().works()).isTrue();
        assertThat(thread.health().lastError()).isEqualTo("java.io.IOException: not yet");
        end.countDown();
        thread.close();
    }

    @Test
    void aThreadThatCannotBeMendedEndsWithItsOwner() {
        var thread = new PlaneThread(
                "test",
                () -> {
                    throw new IOException("broken");
                },
                () -> {
                    throw new IOException("broken for good");
                });
        thread.start();
        Await.until("the failure", () -> thread.health().failures() > 1);
        thread.close();
        assertThat(thread.health().works()).isFalse();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
