package dev.nacelle.template;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What the tests fetch once and keep below {@code target/}. */
final class Fixture {
    private static final String PACKAGE = "llama-cpp-python";
    private static final String VERSION = "0.3.36";
    /** With it in the environment, a test that lacks what it needs fails. */
    private static final String NO_SKIPS = "NO_TEST_SKIPS";

    private Fixture() {}

    static Path folder() throws IOException {
        return Files.createDirectories(Path.of("target", "oracle").toAbsolutePath());
    }

    static void require(boolean available, String reason) {
        if (!available && "true".equals(System.getenv(NO_SKIPS)))
            throw new AssertionError(reason + ", and " + NO_SKIPS + " is set");
        Assumptions.assumeTrue(available, reason);
    }

    static boolean run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor(10, TimeUnit.MINUTES)) return process.exitValue() == 0;
            process.destroyForcibly();
            return false;
        } catch (IOException _) {
            return false;
        }
    }

    static Map<String, Map<String, Object>> conversations() throws IOException {
        try (InputStream source = Fixture.class.getResourceAsStream("conversations.json")) {
            return new ObjectMapper().readValue(Optional.ofNullable(source).orElseThrow(), new TypeReference<>() {});
        }
    }

    /** The templates of real models, by name: the ones that llama.cpp keeps for its own tests. */
    static Map<String, String> realTemplates() throws IOException, InterruptedException {
        Path templates = folder().resolve("templates-" + VERSION);
        if (!Files.isDirectory(templates)) fetch(templates);
        Map<String, String> all = new LinkedHashMap<>();
        for (Path file : files(templates)) all.put(file.getFileName().toString(), Files.readString(file));
        return all;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.sorted().toList());
        }
    }

    private static void fetch(Path templates) throws IOException, InterruptedException {
        Path download = Files.createTempDirectory(folder(), "download");
        Path unpacked = Files.createTempDirectory(folder(), "templates");
        try {
            // The package's own build is neither needed nor wanted: only the archive.
            require(
                    run(
                            "python3",
                            "-m",
                            "pip",
                            "download",
                            "--quiet",
                            "--no-deps",
                            "--no-binary",
                            PACKAGE,
                            "--dest",
                            download.toString(),
                            PACKAGE + "==" + VERSION),
                    "the package %s %s cannot be downloaded here".formatted(PACKAGE, VERSION));
            Path archive = files(download).getFirst();
            require(
                    run(
                            "tar",
                            "-xzf",
                            archive.toString(),
                            "-C",
                            unpacked.toString(),
                            "--strip-components=5",
                            "--wildcards",
                            "*/vendor/llama.cpp/models/templates/*.jinja"),
                    "tar cannot unpack " + archive.getFileName());
            Files.move(unpacked, templates);
        } finally {
            for (Path file : files(download)) Files.delete(file);
            Files.delete(download);
        }
    }
}
