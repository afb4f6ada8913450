package dev.nacelle.python.graalpy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an engine in the strict sandbox can reach, and what not. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StrictSandboxTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path outside;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path inside;

    @SuppressWarnings("NullAway.Init")
    private Talk python;

    @BeforeAll
    void open() throws Exception {
        Files.writeString(outside.resolve("secret"), "secret");
        Files.writeString(inside.resolve("data.txt"), "data");
        Files.createSymbolicLink(inside.resolve("link"), outside.resolve("secret"));
        Files.createSymbolicLink(inside.resolve("folder"), outside);
        Files.createSymbolicLink(inside.resolve("dangling"), outside.resolve("new"));
        Files.createSymbolicLink(inside.resolve("own"), inside.resolve("data.txt"));
        // The engine's folder may well be reached over a link itself.
        var linked = Files.createSymbolicLink(outside.resolve("engines"), inside);
        python = Talk.open(Sandbox.STRICT, Duration.ofMinutes(5), List.of(Talk.PROBE, linked));
    }

    @AfterAll
    void close() {
        python.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import asyncio, logging, hashlib, ssl, json, decimal, dataclasses\nfound = hashlib.sha256(b'x').hexdigest()",
                "found = len(open(here + '/graalpy_probe.py').read())",
                "found = open('INSIDE/data.txt').read()",
                "found = open('INSIDE/own').read()",
                "found = open('OUTSIDE/engines/data.txt').read()",
                "import os\nfound = os.listdir('INSIDE')",
                "import os\nfound = os.path.exists('OUTSIDE/nothing')"
            })
    void itsOwnFilesAndTheStandardLibraryAreThere(String code) {
        assertThat(python.attempt(placed(code))).contains("done: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "found = open('/etc/passwd').read()",
                "found = open('OUTSIDE/secret').read()",
                "found = open('INSIDE/link').read()",
                "found = open('INSIDE/folder/secret').read()",
                "found = open('INSIDE/folder/../../etc/passwd').read()",
                "found = open(here + '/../../../../../../../../../../etc/passwd').read()",
                "found = open('/proc/self/environ').read()",
                "import os\nfound = os.listdir('/')",
                "import os\nos.chdir('/')\nfound = open('etc/passwd').read()",
                "open('OUTSIDE/written', 'w').write('x')",
                "open('INSIDE/written', 'w').write('x')",
                "open('INSIDE/dangling', 'w').write('x')",
                "import os\nos.remove('INSIDE/data.txt')",
                "import os\nos.symlink('/etc', 'INSIDE/etc')",
                "import os\nos.mkdir('OUTSIDE/made')",
                "import os\nfound = os.environ['PATH']",
                "import subprocess\nsubprocess.check_output(['/bin/true'])",
                "import os\nos.system('/bin/true') == 0 or 1 / 0",
                "import threading\nthreading.Thread(target=print).start()",
                "import ctypes\nctypes.CDLL(None)",
                "import java\njava.type('java.lang.System').exit(3)",
                "import polyglot\npolyglot.eval(language='js', string='1')",
                "import socket\ns = socket.socket()\ns.connect(('127.0.0.1', 9))",
            })
    void whatLeadsOutsideIsBlocked(String code) {
        assertThat(python.attempt(placed(code))).doesNotContain("done: ").doesNotContain("ConnectionRefused");
        assertThat(outside.resolve("written")).doesNotExist();
        assertThat(outside.resolve("new")).doesNotExist();
        assertThat(inside.resolve("written")).doesNotExist();
        assertThat(inside.resolve("data.txt")).hasContent("data");
    }

    @Test
    void threadsAreRefusedSoAPlainGeneratorRunsInTurns() {
        var frames = python.run("plain", "\"count\": 3");
        assertThat(frames)
                .anyMatch(frame -> frame.text().contains("graalpy-graalpy_probe:Probe")
                        || frame.text().contains("MainThread")
                        || frame.text().contains("Dummy"));
        assertThat(frames.stream().flatMap(frame -> frame.tokens().stream())).containsExactly(0, 1, 2);
    }

    private static String placed(String code) {
        return code.replace("INSIDE", inside.toString()).replace("OUTSIDE", outside.toString());
    }
}
