package dev.nacelle.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.python.PythonOptions.Isolation;
import dev.nacelle.python.cpython.EventLoop;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.FinishReason;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CPython inside this JVM, and what it must not do to it. */
class EmbeddedCPythonTest extends EngineContract {
    @TempDir
    Path folder;

    @Override
    PythonOptions options(String className, Object args) {
        return Python.options(Isolation.EMBEDDED, className, args);
    }

    @Test
    void aHandlerForASignalOfTheHostsIsNotedAndNotInstalled() throws Exception {
        try (var host = TinyHost.serving(options("process_engine:ForkingEngine", Map.of()))) {
            assertThat(host.control("handle_signals", Map.of()))
                    .containsEntry("before", "SIG_DFL")
                    .containsEntry("noted", true)
                    .containsEntry("own", true);
            log().await("signal SIGTERM belongs to the host");
        }
    }

    @Test
    void faulthandlerStaysOffAndNullChecksGoOnWorking() throws Exception {
        try (var host = TinyHost.serving(options("process_engine:ForkingEngine", Map.of()))) {
            assertThat(host.control("faulthandler", Map.of())).containsEntry("enabled", false);
            log().await("faulthandler stays off");
            assertThat(nullChecks()).isEqualTo(20_000);
        }
    }

    /** Enough of them for the compiled code's implicit checks, which are faults that the JVM handles. */
    private static int nullChecks() {
        int caught = 0;
        var values = new String[] {"a", null};
        for (int i = 0; i < 40_000; i++) {
            try {
                if (values[i % 2].isEmpty()) throw new AssertionError();
            } catch (NullPointerException _) {
                caught++;
            }
        }
        return caught;
    }

    @Test
    void whatGoesWrongInACallIntoJavaEndsThatCallAlone() throws Exception {
        try (var host = TinyHost.serving(options("process_engine:ForkingEngine", Map.of()))) {
            assertThat(host.control("bad_upcall", Map.of())).containsEntry("raised", "SystemError");
            log().await("frames from Python were lost");
            assertThat(host.ask(Python.request(1, "count")).reason()).isEqualTo(FinishReason.STOP);
        }
    }

    @Test
    void programsThatTheEngineStartsArePythons() throws Exception {
        try (var host = TinyHost.serving(options("process_engine:ForkingEngine", Map.of()))) {
            assertThat(host.control("multiprocess", Map.of("method", "spawn"))).containsEntry("answers", List.of(1, 4));
            assertThat(host.control("multiprocess", Map.of("method", "forkserver")))
                    .containsEntry("answers", List.of(1, 4));
            assertThat(host.control("multiprocess", Map.of("method", "fork"))).containsEntry("answers", List.of(1, 4));
            assertThat((String) host.control("multiprocess", Map.of("method", "spawn"))
                            .get("executable"))
                    .contains("python");
        }
    }

    @Test
    void environmentVariablesOfPythonsOwnChangeNothing() throws Exception {
        try (var host = TinyHost.serving(options("process_engine:ForkingEngine", Map.of()))) {
            assertThat(host.control("isolated", Map.of()))
                    .containsEntry("isolated", 1)
                    .containsEntry("encoding", "utf-8")
                    .containsEntry("user_site", false);
        }
    }

    @Test
    void enginesOfOneInterpreterShareItsModulesAndHaveLoopsOfTheirOwn() throws Exception {
        try (var second = TinyHost.serving(options("probe_engine:ProbeEngine", Map.of("model", "second")))) {
            assertThat(second.control("look", Map.of())).containsEntry("on_main_thread", false);
            // One that holds its loop does not hold the other's.
            var held = second.ask(Python.request(9, Map.of("mode", "blocks", "seconds", 0.5)));
            held.awaitTokens(1);
            assertThat(host().ask(Python.request(50, "count")).tokens()).hasSize(50);
            assertThat(held.tokens()).containsExactly(1, 2);
        }
    }

    @Test
    void twoEngineFilesOfOneNameAreRefused() throws Exception {
        Files.writeString(folder.resolve("probe_engine.py"), "class Other: pass\n");
        var other = new PythonOptions(
                "probe_engine:Other",
                List.of(folder),
                PythonOptions.Interpreter.CPYTHON,
                Isolation.EMBEDDED,
                Optional.empty(),
                EventLoop.ASYNCIO,
                dev.nacelle.python.graalpy.Sandbox.STRICT,
                dev.nacelle.python.graalpy.Jit.AUTO,
                java.time.Duration.ofSeconds(30),
                List.of());
        assertThatThrownBy(() -> TinyHost.serving(other))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("this interpreter has a module probe_engine already")
                .hasMessageContaining("isolation: process");
        assertThatThrownBy(() -> TinyHost.serving(options(folder.resolve("probe_engine.py") + ":Other", List.of())))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("rename the file");
    }

    @Test
    void anotherInterpreterIsRefused() throws Exception {
        var venv = folder.resolve("venv");
        var made = new ProcessBuilder("python3", "-m", "venv", "--without-pip", venv.toString())
                .redirectErrorStream(true)
                .redirectOutput(new File("/dev/null"))
                .start();
        assertThat(made.waitFor()).isZero();
        var options = Python.options(
                Isolation.EMBEDDED, "probe_engine:ProbeEngine", List.of(), Optional.of(venv), EventLoop.ASYNCIO);
        assertThatThrownBy(() -> TinyHost.serving(options))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("is another interpreter; set isolation: process");
    }

    @Test
    void whatCannotBeEmbeddedSaysWhatToDo() throws Exception {
        refused("#!/bin/sh\nprintf 'cpython\\n3.8.1\\n/p\\n/e\\nx.so\\n/x.so\\n'", "expected CPython 3.9 to 3.14");
        refused("#!/bin/sh\nprintf 'cpython\\n3.11.1\\n/p\\n/e\\n\\n\\n'", "was built without a shared library");
        refused(
                "#!/bin/sh\nprintf 'cpython\\n3.11.1\\n/p\\n/e\\nlibpython3.11.so.1.0\\n\\n'",
                "Debian: apt-get install libpython3.11), or set isolation: process");
        refused("#!/bin/sh\necho broken >&2; exit 3", "failed with exit code 3: broken");
    }

    private void refused(String script, String message) throws Exception {
        var file = Files.writeString(folder.resolve("python"), script);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        var options = Python.options(Isolation.EMBEDDED, "x:X", List.of(), Optional.of(file), EventLoop.ASYNCIO);
        assertThatThrownBy(() -> TinyHost.serving(options))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(message);
    }
}
