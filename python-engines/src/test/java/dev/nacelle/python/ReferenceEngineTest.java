package dev.nacelle.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.python.PythonOptions.Isolation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** An engine written for another host runs unmodified. */
class ReferenceEngineTest {
    @Test
    void itRunsInAProcess() throws Exception {
        ReferenceEngine.check(Isolation.PROCESS, ReferenceEngine.python());
    }

    @Test
    void itRunsInsideTheJvm() throws Exception {
        var jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReferenceEngine.class.getName(),
                        Isolation.EMBEDDED.name(),
                        ReferenceEngine.python().toString())
                .redirectErrorStream(true)
                .start();
        var said = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jvm.waitFor()).as(said).isZero();
    }
}
