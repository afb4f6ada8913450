package dev.nacelle.python.graalpy.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.python.Await;
import dev.nacelle.python.bridge.Transport;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class OutboxTest {
    /** Enough to fill it. */
    private static final int MANY = 5_000;

    @Test
    void whatComesAfterTheEndIsDroppedAndHoldsNobodyUp() throws Exception {
        var told = new CopyOnWriteArrayList<String>();
        var slow = new CountDownLatch(1);
        var outbox = new Outbox("outbox", receiver(told, slow));
        outbox.start();
        // Python's side, which goes on without knowing of the end.
        var python = Thread.ofPlatform().daemon().start(() -> {
            for (int i = 0; i < MANY; i++) outbox.put(new byte[] {1});
        });
        Await.until(() -> python.getState() == Thread.State.WAITING);
        var ending = Thread.ofPlatform().daemon().start(() -> {
            outbox.end("first");
            outbox.end("second");
        });
        slow.countDown();
        python.join();
        ending.join();
        Await.until(() -> told.contains("first"));
        int before = told.size();
        outbox.put(new byte[] {1});
        assertThat(told).hasSize(before).endsWith("first").doesNotContain("second");
    }

    private static Transport.Receiver receiver(List<String> told, CountDownLatch slow) {
        return new Transport.Receiver() {
            @Override
            public void frames(byte[] batch, int length) {
                try {
                    slow.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                told.add("frames");
            }

            @Override
            public void ended(String reason) {
                told.add(reason);
            }
        };
    }
}
