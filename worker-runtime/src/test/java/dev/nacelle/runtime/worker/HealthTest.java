package dev.nacelle.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.nacelle.runtime.plane.Lease;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.HealthReporter;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.FinishReason;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HealthTest {
    private final ScriptedEngine engine = new ScriptedEngine();
    private final AtomicReference<@Nullable HealthReporter> kept = new AtomicReference<>();

    HealthTest() {
        engine.onStart = context -> {
            kept.set(context.health());
            return EngineConfig.of("m");
        };
    }

    @Test
    void anEngineThatIsDownGetsNoRequestsUntilItIsReadyAgain() throws Exception {
        try (var host = TestHost.serving(engine)) {
            assertThat(host.instance().isReady()).isTrue();
            reporter().down("the GPU fell off the bus");
            assertThat(host.instance().isReady()).isFalse();
            assertThat(host.worker().state()).isEqualTo("down");
            assertThat(host.worker().ready()).isFalse();
            assertThat(host.worker().details()).containsEntry("last_error", "the GPU fell off the bus");
            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(host::send)
                    .satisfies(e -> assertThat(e.error()).isInstanceOf(EngineError.WorkerUnavailable.class));
            assertThat(engine.calls).doesNotContain("generate");
            reporter().ready();
            assertThat(host.instance().isReady()).isTrue();
            assertThat(host.worker().state()).isEqualTo("serving");
            assertThat(host.worker().details()).containsEntry("last_error", "the GPU fell off the bus");
            assertThat(host.send().reader().reason()).isEqualTo(FinishReason.STOP);
        }
    }

    @Test
    void aDegradedEngineServesOnAndSaysWhatIsWrong() throws Exception {
        try (var host = TestHost.serving(engine)) {
            reporter().degraded("one fan stands still");
            assertThat(host.instance().isReady()).isTrue();
            assertThat(host.worker().state()).isEqualTo("degraded");
            assertThat(host.worker().ready()).isTrue();
            assertThat(host.worker().details()).containsEntry("message", "one fan stands still");
        }
    }

    @Test
    void anEngineMayStartDown() throws Exception {
        engine.onStart = context -> {
            kept.set(context.health());
            context.health().down("still warming up");
            return EngineConfig.of("m");
        };
        try (var host = TestHost.serving(engine)) {
            assertThat(host.instance().isReady()).isFalse();
            reporter().ready();
            assertThat(host.instance().isReady()).isTrue();
        }
    }

    @Test
    void theLastWordOfManyThreadsIsWhatTheLeaseHears() throws Exception {
        try (var host = TestHost.serving(engine);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 50; round++) {
                var down = threads.submit(() -> reporter().down("for a moment"));
                var ready = threads.submit(() -> reporter().ready());
                down.get();
                ready.get();
                assertThat(host.instance().isReady()).isEqualTo(host.worker().ready());
            }
        }
    }

    private HealthReporter reporter() {
        return Objects.requireNonNull(kept.get());
    }

    @Test
    void aLeaseThatThrowsOnceHearsTheNextWord() {
        var words = new ArrayList<Boolean>();
        var health = new WorkerHealth("w", new ContractWatch("scripted"));
        health.serve(new Lease() {
            @Override
            public void ready(boolean ready) {
                words.add(ready);
                if (words.size() == 1) throw new IllegalStateException("not now");
            }

            @Override
            public void close() {}
        });
        health.down("out of memory");
        health.ready();
        assertThat(words).containsExactly(true, false, true);
    }
}
