package dev.nacelle.python;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** GraalPy for long, and on a machine that has too much to do. {@code -Dsoak.seconds} says how long: a minute without. */
@Tag("long")
class GraalPySoakTest {
    private static final Duration SOAK = Duration.ofSeconds(Long.getLong("soak.seconds", 60));
    private static final int REQUESTS = 10_000;
    private static final int TOKENS = 100;
    private static final int AT_A_TIME = 50;
    /** A collection does not find everything each time. */
    private static final long NOISE_BYTES = 2 << 20;

    private final List<Thread> busy = new ArrayList<>();
    private volatile boolean over;

    @SuppressWarnings("NullAway.Init")
    private TinyHost host;

    @BeforeEach
    void serve() throws Exception {
        host = TinyHost.serving(
                GraalPyTest.options("probe_engine:ProbeEngine", Map.of("model", "m"), Duration.ofSeconds(10)));
    }

    @AfterEach
    void end() throws Exception {
        over = true;
        for (var each : busy) each.join();
        host.close();
    }

    /** Python's own threads take the GIL from the event loop's and give it back, as in a trusted engine they do. */
    @Test
    void threadsComeAndGoBesideBusyLoopsAndTheEventLoopTurns() throws Exception {
        for (int i = 0; i < 4; i++) busy.add(Thread.ofPlatform().start(this::spin));
        long end = System.nanoTime() + SOAK.toNanos();
        int rounds = 0;
        for (; System.nanoTime() < end; rounds++) {
            host.control("publish", Map.of());
            assertThat(host.callbacks.getFirst().render()).contains("probe_pulled");
            assertThat(host.ask(Python.request(20, "count")).tokens()).hasSize(20);
            host.ask(Python.request(1, "logs")).reason();
        }
        assertThat(rounds).isPositive();
        assertThat(host.health).isEmpty(); // it was never said to hang
    }

    @Test
    void tenThousandRequestsOfAHundredTokensLeaveNothingBehind() throws Exception {
        serve(REQUESTS / 2);
        long before = usedBytes();
        serve(REQUESTS);
        assertThat(usedBytes() - before).isLessThan(NOISE_BYTES);
    }

    private void serve(int requests) throws Exception {
        for (int i = 0; i < requests / AT_A_TIME; i++) {
            var calls = new ArrayList<Call>();
            for (int j = 0; j < AT_A_TIME; j++) calls.add(host.ask(Python.request(TOKENS, "flood")));
            for (var call : calls) assertThat(call.tokens()).hasSize(TOKENS);
        }
        host.control("forget", Map.of());
    }

    private static long usedBytes() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @SuppressWarnings("EmptyWhileLoop")
    private void spin() {
        while (!over) {}
    }
}
