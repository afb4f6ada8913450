package dev.nacelle.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.python.PythonOptions.Isolation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a JVM with Python ends, and with which Pythons it lives. */
class CPythonExitTest {
    @ParameterizedTest
    @EnumSource
    void aJvmExitsCleanlyWith64LiveStreams(Isolation isolation) throws Exception {
        try (var jvm = OtherJvm.serving(isolation, Optional.empty())) {
            var said = jvm.awaitServing();
            assertThat(jvm.exit()).isZero();
            assertThat(jvm.rest()).doesNotContain("SIGSEGV").doesNotContain("hs_err");
            awaitGone(said[1]);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aProcessDiesWithAHostThatIsKilledEvenWhenItsLoopHangs(boolean hangs) throws Exception {
        try (var jvm = OtherJvm.serving(Isolation.PROCESS, Optional.empty())) {
            var said = jvm.awaitServing();
            assertThat(ProcessHandle.of(Long.parseLong(said[1]))).isPresent();
            if (hangs) jvm.hangEngine();
            jvm.kill();
            awaitGone(said[1]);
        }
    }

    private static void awaitGone(String pid) {
        Await.until(() -> ProcessHandle.of(Long.parseLong(pid))
                .filter(ProcessHandle::isAlive)
                .isEmpty());
    }

    static List<Path> others() throws Exception {
        var versions = Path.of(System.getProperty("user.home"), ".pyenv", "versions");
        if (!Files.isDirectory(versions)) return List.of(Path.of("/usr/bin/python3"));
        try (Stream<Path> folders = Files.list(versions)) {
            return folders.filter(folder -> folder.getFileName().toString().matches("3\\.(9|1[0-4])\\..*"))
                    .map(folder -> folder.resolve("bin").resolve("python3"))
                    .filter(Files::isExecutable)
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("others")
    void eachVersionThatIsInstalledServesEmbedded(Path python) throws Exception {
        try (var jvm = OtherJvm.serving(Isolation.EMBEDDED, Optional.of(python))) {
            assertThat(jvm.awaitServing()[0]).startsWith("3.");
            assertThat(jvm.exit()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLatestVersionServesInBothWays(Isolation isolation) throws Exception {
        try (var jvm = OtherJvm.serving(isolation, Optional.of(Python314.interpreter()))) {
            assertThat(jvm.awaitServing()[0]).startsWith("3.14.");
            assertThat(jvm.exit()).isZero();
        }
    }
}
