package dev.nacelle.python.graalpy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Streams, errors and cancellations, frame by frame. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GraalPyTransportTest {
    @SuppressWarnings("NullAway.Init")
    private Talk python;

    @BeforeAll
    void open() throws Exception {
        python = Talk.open(Sandbox.STRICT, Duration.ofMinutes(5));
    }

    @AfterAll
    void close() throws Exception {
        python.close();
        assertThat(python.ended()).contains("closed");
    }

    @Test
    void tokensArriveInOrderSingleAndInBatches() {
        assertThat(tokens(python.run("tokens", "\"count\": 100")))
                .hasSize(100)
                .startsWith(0, 1, 2)
                .endsWith(99);
        assertThat(tokens(python.run("batches", "\"size\": 64, \"count\": 3")))
                .hasSize(192)
                .endsWith(62, 63);
    }

    @Test
    void anArrayOfIntsIsTokensAndNotBytes() {
        assertThat(tokens(python.run("arrays", ""))).containsExactly(1, 70000, -1);
    }

    @Test
    void recursionGoesAsDeepAsPythonAllows() {
        assertThat(tokens(python.run("deep", "\"depth\": 800"))).containsExactly(800);
    }

    @Test
    void anErrorBringsTheExactPlace() {
        var frames = python.run("fail", "");
        assertThat(frames)
                .filteredOn(frame -> frame.kind() == Talk.ERROR)
                .singleElement()
                .extracting(Talk.Frame::text)
                .asString()
                .contains("\"Unknown\"", "ValueError: a defect", "graalpy_probe.py\\\", line 63, in fail");
    }

    @Test
    void askingForTheEndOfTheProcessEndsTheRequestOnly() {
        assertThat(python.run("leave", ""))
                .anyMatch(frame -> frame.kind() == Talk.ERROR && frame.text().contains("EngineShutdown"));
        assertThat(kinds(python.run("leave_in_task", ""))).contains(Talk.END);
        assertThat(tokens(python.run("tokens", "\"count\": 1"))).containsExactly(0);
    }

    @Test
    void cancellationReachesFinallyOfAGeneratorThatAwaitsAndOfOneThatDoesNot() {
        for (var what : List.of("awaiting", "never_awaits")) {
            long stream = python.begin(what, "");
            python.await(frame -> frame.id() == stream && frame.kind() == Talk.TOKENS);
            python.cancel(stream);
            assertThat(python.all(stream))
                    .anyMatch(frame -> frame.kind() == Talk.END && frame.text().contains("cancelled"));
            assertThat(python.run("tell_finished", ""))
                    .anyMatch(frame -> frame.text().contains(what));
        }
    }

    @Test
    void whatAnEngineOfTheSameJvmMayDoIsItsOwnSandboxsMatter() throws Exception {
        // On the same polyglot engine, whose contexts must agree on host access.
        try (var trusted = Talk.open(Sandbox.TRUSTED, Duration.ofMinutes(5))) {
            assertThat(trusted.attempt("found = len(open('/etc/passwd').read())"))
                    .contains("done: ");
            assertThat(trusted.attempt("import os\nfound = os.environ['PATH']")).contains("done: ");
            assertThat(trusted.attempt(
                            "import threading\nt = threading.Thread(target=lambda: None)\nt.start()\nt.join()"))
                    .contains("done: ");
            assertThat(trusted.attempt("import java\njava.type('java.lang.System').exit(3)"))
                    .doesNotContain("done: ");
            assertThat(trusted.run("plain", "\"count\": 3"))
                    .anyMatch(frame -> frame.text().contains("generate-"));
        }
        assertThat(python.attempt("found = open('/etc/passwd').read()")).doesNotContain("done: ");
    }

    private static List<Integer> tokens(List<Talk.Frame> frames) {
        return frames.stream().flatMap(frame -> frame.tokens().stream()).toList();
    }

    private static List<Integer> kinds(List<Talk.Frame> frames) {
        return frames.stream().map(Talk.Frame::kind).toList();
    }
}
