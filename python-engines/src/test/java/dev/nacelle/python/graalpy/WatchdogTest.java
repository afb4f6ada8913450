package dev.nacelle.python.graalpy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Code that does not let the event loop turn: reported with its place, interrupted, and the engine serves on. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchdogTest {
    private static final Duration HANG_TIMEOUT = Duration.ofSeconds(2);

    @SuppressWarnings("NullAway.Init")
    private Talk python;

    @BeforeAll
    void open() throws Exception {
        // GraalPy has threads take turns in the first context of a JVM that has two; what is tested is another.
        try (var first = Talk.open(Sandbox.TRUSTED, Duration.ofMinutes(5))) {
            assertThat(first.attempt("import threading\nt = threading.Thread(target=print)\nt.start()\nt.join()"))
                    .contains("done: ");
        }
        python = Talk.open(Sandbox.STRICT, HANG_TIMEOUT);
    }

    @AfterAll
    void close() throws Exception {
        python.close();
        assertThat(python.ended()).contains("closed");
    }

    @ParameterizedTest
    @CsvSource({
        "spin, in spin",
        "spin_whatever_comes, in spin",
        "sleep, in sleep",
        "deadlock, in deadlock",
        "spin_in_task, in spin",
    })
    void aStreamThatHoldsTheLoopFailsAndOthersGoOn(String what, String place) {
        python.forget();
        long waiting = python.begin("awaiting", "");
        long stream = python.begin(what, "");
        assertThat(python.all(stream))
                .anyMatch(frame -> frame.kind() == Talk.ERROR && frame.text().contains("event loop has not turned"));
        assertThat(python.await(WatchdogTest::hasPlace).text())
                .startsWith("\u0001the event loop has not turned")
                .contains("graalpy_probe.py\", line")
                .contains(place);
        python.cancel(waiting);
        assertThat(python.all(waiting))
                .anyMatch(frame -> frame.kind() == Talk.END && frame.text().contains("cancelled"));
        assertThat(python.run("tokens", "\"count\": 3"))
                .anyMatch(frame -> frame.kind() == Talk.END && frame.text().contains("length"));
        // Well again once the loop has turned for a while.
        assertThat(python.await(frame ->
                                frame.kind() == Talk.HEALTH && frame.text().startsWith("\0"))
                        .text())
                .isEqualTo("\0");
    }

    @Test
    void aCallbackThatHoldsTheLoopIsBrokenOffAndNobodyElse() {
        python.forget();
        assertThat(python.run("spin_in_callback", ""))
                .anyMatch(frame -> frame.kind() == Talk.END && frame.text().contains("stop"));
        assertThat(python.await(WatchdogTest::hasPlace).text()).contains("in spin");
        python.await(frame -> frame.kind() == Talk.HEALTH && frame.text().startsWith("\0"));
    }

    /** It is said at once that the loop hangs, and where, once that is known. */
    private static boolean hasPlace(Talk.Frame frame) {
        return frame.kind() == Talk.HEALTH
                && frame.text().startsWith("\u0001")
                && frame.text().contains("; it is at");
    }

    @Test
    void closingDoesNotWaitForAnOperationThatCannotBeInterrupted() throws Exception {
        var stuck = Talk.open(Sandbox.STRICT, Duration.ofMinutes(5));
        long stream = stuck.begin("compute", "\"power\": 3000000");
        stuck.await(frame -> frame.id() == stream && frame.kind() == Talk.TOKENS);
        long begin = System.nanoTime();
        stuck.close(Duration.ofSeconds(1));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
        assertThat(stuck.ended()).contains("by force"); // when the operation is over at last
    }

    @Test
    void closingEndsWhatDoesNotEndByItself() throws Exception {
        var stuck = Talk.open(Sandbox.STRICT, Duration.ofMinutes(5));
        long stream = stuck.begin("spin", "");
        stuck.await(frame -> frame.id() == stream && frame.kind() == Talk.TOKENS);
        stuck.close(Duration.ofSeconds(2));
        assertThat(stuck.ended()).contains("by force");
    }
}
