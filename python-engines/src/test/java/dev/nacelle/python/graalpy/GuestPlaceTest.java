package dev.nacelle.python.graalpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.python.bridge.PythonCode;
import dev.nacelle.python.bridge.Transport;
import dev.nacelle.spi.error.EngineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.graalvm.polyglot.Engine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GraalPy that is not there, or not as it was asked for. */
class GuestPlaceTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final Properties properties = new Properties(GuestPlace.FOLDER, GuestPlace.HOME);

    @BeforeEach
    void clear() {
        properties.clear();
    }

    @AfterEach
    void restore() {
        properties.restore();
    }

    @Test
    void aDistributionWithoutItNamesTheCommandThatFetchesIt() {
        System.setProperty(GuestPlace.HOME, folder.toString());
        assertThatThrownBy(GuestPlace::find)
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll(GraalPy.VERSION, "bin/fetch-graalpy", "runtime: cpython");
    }

    @Test
    void anApplicationWithoutItReadsWhatToDependOn() {
        assertThatThrownBy(GuestPlace::find)
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll("org.graalvm.polyglot:python", GraalPy.VERSION);
    }

    @Test
    void anotherVersionDoesNotCount() throws Exception {
        Files.createDirectories(folder.resolve("lib").resolve("graalpy"));
        Files.createFile(folder.resolve("lib").resolve("graalpy").resolve("polyglot-1.0.jar"));
        System.setProperty(GuestPlace.HOME, folder.toString());
        assertThatThrownBy(GuestPlace::find).hasMessageContaining("is not in");
    }

    @Test
    void aRequiredCompilerThatIsNotThereFailsTheStartWithTheReason() throws Exception {
        properties.restore();
        Jars.ready();
        var options = new GuestOptions(Sandbox.STRICT, Jit.REQUIRED, Duration.ofSeconds(30));
        var code = new PythonCode("graalpy_probe:Probe", List.of(Talk.PROBE), List.of());
        assertThatThrownBy(() -> Jars.shared().factory(options).open(code, new Nobody()))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll("jit: required", "EnableJVMCI", "jit: auto");
    }

    @Test
    void everyPlaceThatNamesTheVersionNamesTheSame() throws Exception {
        assertThat(Files.readString(Path.of("..", "dist", "src", "main", "dist", "lib", "graalpy-pom.xml")))
                .contains("<graalpy.version>%s</graalpy.version>".formatted(GraalPy.VERSION));
        assertThat(Engine.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .endsWith("polyglot-%s.jar".formatted(GraalPy.VERSION));
    }

    private record Nobody() implements Transport.Receiver {
        @Override
        public void frames(byte[] batch, int length) {}

        @Override
        public void ended(String reason) {}
    }
}
