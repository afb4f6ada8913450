package dev.nacelle.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RequestGateTest {
    private static final Deadline FAR = Deadline.in(Duration.ofSeconds(20));
    private final RequestGate gate = new RequestGate();

    @Test
    void countsWhatIsInside() throws Exception {
        try (var _ = gate.enter()) {
            try (var _ = gate.enter()) {
                assertThat(gate.inFlight()).isEqualTo(2);
            }
            assertThat(gate.inFlight()).isEqualTo(1);
        }
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void aPassCountsOutOnceHoweverOftenItIsClosed() throws Exception {
        var first = gate.enter();
        var second = gate.enter();
        first.close();
        first.close();
        assertThat(gate.inFlight()).isEqualTo(1);
        second.close();
    }

    @Test
    void onceClosedItRefusesAsDrainingAndKeepsCountingWhatIsInside() throws Exception {
        var pass = gate.enter();
        gate.close();
        gate.close();
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(gate::enter)
                .satisfies(e -> assertThat(e.error()).isInstanceOf(EngineError.Draining.class));
        assertThat(gate.inFlight()).isEqualTo(1);
        assertThat(gate.awaitEmpty(Deadline.in(Duration.ZERO))).isFalse();
        pass.close();
        assertThat(gate.awaitEmpty(Deadline.in(Duration.ZERO))).isTrue();
    }

    @Test
    void theLastOneOutWakesWhoWaits() throws Exception {
        var pass = gate.enter();
        gate.close();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> waiting = threads.submit(() -> gate.awaitEmpty(FAR));
            pass.close();
            assertThat(waiting.get()).isTrue();
        }
    }

    @Test
    void anOpenGateCannotBeWaitedFor() {
        assertThatIllegalStateException().isThrownBy(() -> gate.awaitEmpty(FAR));
    }

    @Test
    void nobodyIsInsideOnceAClosedGateIsEmpty() throws Exception {
        for (int round = 0; round < 20; round++) {
            var stressed = new RequestGate();
            var inside = new AtomicInteger();
            var late = new AtomicBoolean();
            var empty = new AtomicBoolean();
            var ready = new CountDownLatch(4);
            try (var threads = Executors.newFixedThreadPool(4)) {
                var work = new ArrayList<Future<?>>();
                for (int i = 0; i < 4; i++)
                    work.add(threads.submit(() -> {
                        ready.countDown();
                        try {
                            while (true) {
                                try (var _ = stressed.enter()) {
                                    inside.incrementAndGet();
                                    if (empty.get()) late.set(true);
                                    inside.decrementAndGet();
                                }
                            }
                        } catch (EngineException _) {
                            return;
                        }
                    }));
                Await.latch(ready);
                stressed.close();
                assertThat(stressed.awaitEmpty(FAR)).isTrue();
                assertThat(inside).hasValue(0);
                empty.set(true);
                for (var each : work) each.get();
            }
            assertThat(late).isFalse();
        }
    }
}
