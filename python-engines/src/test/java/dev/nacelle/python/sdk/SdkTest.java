package dev.nacelle.python.sdk;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.python.Venv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python package's own tests and checks, as a part of the build. */
class SdkTest {
    private static final Path SDK = Path.of("sdk").toAbsolutePath();
    private static final Path EXAMPLES = Path.of("..", "examples", "python").toAbsolutePath();

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Venv venv;

    @TempDir
    Path folder;

    @BeforeAll
    static void prepare() throws Exception {
        // The last mypy that checks for Python 3.9.
        venv = Venv.of("sdk", "pytest", "mypy==1.19.1", "prometheus_client", "numpy");
    }

    @Test
    void itsTestsPass() throws Exception {
        run(SDK, venv.python(), "-m", "pytest");
    }

    @Test
    void itIsTypedStrictly() throws Exception {
        run(SDK, venv.python(), "-m", "mypy", "--cache-dir", folder.toString());
    }

    @Test
    void itsWheelChecksAnEngineWithoutAnythingElseInstalled() throws Exception {
        // Built from a copy: setuptools leaves things beside its sources.
        var sources = folder.resolve("sdk");
        copy(SDK, sources);
        var wheels = Files.createDirectory(folder.resolve("wheels"));
        Venv.orSkip(
                exitCode(folder, venv.python(), "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", wheels, sources)
                        == 0,
                "no wheel can be built: see " + log());
        Path wheel;
        try (var files = Files.list(wheels)) {
            wheel = files.findFirst().orElseThrow();
        }
        assertThat(wheel.getFileName()).asString().startsWith("nacelle_engine-").endsWith("-py3-none-any.whl");
        assertThat(names(wheel))
                .contains("nacelle/__init__.py", "nacelle/py.typed", "nacelle/conformance/kit.py")
                .contains("nacelle/testing/recording.py", "nacelle/_bridge/bridge.py")
                .noneMatch(name -> name.startsWith("tests/"));

        var clean = folder.resolve("clean");
        run(folder, venv.python(), "-m", "venv", clean);
        var python = clean.resolve("bin").resolve("python");
        run(folder, python, "-m", "pip", "install", "--quiet", "--no-deps", wheel);
        var output = run(folder, python, "-m", "nacelle", "check", EXAMPLES.resolve("echo_engine.py") + ":EchoEngine");
        assertThat(output).contains("passed   cancel-in-time").contains(" 0 failed, ");
    }

    private static List<String> names(Path wheel) throws IOException {
        try (var zip = new ZipFile(wheel.toFile())) {
            return zip.stream().map(entry -> entry.getName()).toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.filter(file -> !file.toString().contains("__pycache__"))
                    .toList()) Files.copy(file, to.resolve(from.relativize(file).toString()));
        }
    }

    /** Runs to the end and returns what was printed; fails with it where the exit code is not 0. */
    private static String run(Path folder, Object... command) throws Exception {
        int code = exitCode(folder, command);
        var printed = Files.readString(log());
        assertThat(code)
                .as("exit code of %s, which printed%n%s", List.of(command), printed)
                .isZero();
        return printed;
    }

    private static int exitCode(Path folder, Object... command) throws Exception {
        var words = new ArrayList<String>();
        for (var word : command) words.add(word.toString());
        var process = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        try {
            assertThat(process.waitFor(5, MINUTES))
                    .as("%s ends in 5 minutes", words)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return process.exitValue();
    }

    private static Path log() {
        return Path.of("target", "sdk-test.log").toAbsolutePath();
    }
}
