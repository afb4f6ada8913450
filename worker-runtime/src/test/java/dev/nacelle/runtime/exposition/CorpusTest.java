package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.config.EscapingScheme;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages that real processes wrote, read and written back: not a sample lost or changed. */
class CorpusTest {
    private static byte[] page(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(CorpusTest.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }

    private static List<String> samples(String page) {
        return page.lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .sorted()
                .toList();
    }

    private static List<String> heads(String page) {
        return page.lines()
                .filter(line -> line.startsWith("# HELP ") || line.startsWith("# TYPE "))
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"frontend.prom", "mocker-worker.prom", "sample-engine-worker.prom"})
    void everySampleLineOfDynamoGoesThroughVerbatim(String name) throws Exception {
        String source = new String(page(name), StandardCharsets.UTF_8);
        try (PageFixture fixture = new PageFixture().with("dynamo", source)) {
            String text = fixture.foreignText();
            assertThat(samples(text)).isEqualTo(samples(source));
            assertThat(heads(text)).isEqualTo(heads(source));
            assertThat(samples(fixture.foreignOpenMetrics())).isEqualTo(samples(source));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"frontend.prom", "mocker-worker.prom", "sample-engine-worker.prom"})
    void pythonReadsFromOurPageWhatItReadsFromDynamos(String name) throws Exception {
        byte[] source = page(name);
        try (PythonOracle oracle = PythonOracle.start();
                PageFixture fixture = new PageFixture().with("dynamo", new String(source, StandardCharsets.UTF_8))) {
            String expected = oracle.read(Dialect.Format.TEXT, source);
            assertThat(expected).doesNotStartWith("!");
            assertThat(oracle.read(Dialect.Format.TEXT, bytes(fixture.foreignText())))
                    .isEqualTo(expected);
            assertThat(oracle.read(Dialect.Format.OPENMETRICS, bytes(fixture.foreignOpenMetrics())))
                    .isEqualTo(expected);
        }
    }

    @Test
    void promtoolFindsNoErrorInAnyOfThem() throws Exception {
        Path promtool = Stream.of("/usr/bin/promtool", "/usr/local/bin/promtool")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(Path.of("promtool"));
        Needs.orSkip(Files.isExecutable(promtool), "promtool is not installed (Debian: apt-get install prometheus)");
        for (String name : List.of("frontend.prom", "mocker-worker.prom", "sample-engine-worker.prom")) {
            try (PageFixture fixture =
                    new PageFixture().with("dynamo", new String(page(name), StandardCharsets.UTF_8))) {
                Process check = new ProcessBuilder(promtool.toString(), "check", "metrics")
                        .redirectErrorStream(true)
                        .start();
                check.outputWriter(StandardCharsets.UTF_8)
                        .append(fixture.text())
                        .close();
                String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(check.waitFor(30, TimeUnit.SECONDS)).isTrue();
                // 3: lint about names, which are the source's own; 1: it cannot be read.
                assertThat(check.exitValue()).as(said).isIn(0, 3);
            }
        }
    }

    @Test
    void quotedNamesSurviveForThoseWhoTakeThem() throws Exception {
        String source = "# TYPE \"my.metric\" gauge\n{\"my.metric\",\"a.b\"=\"1\",c=\"2\"} 1\n";
        try (PythonOracle oracle = PythonOracle.start();
                PageFixture fixture = new PageFixture().with("one", source)) {
            String page = PageFixture.withoutBridge(
                    fixture.write(new Dialect(Dialect.Format.OPENMETRICS, EscapingScheme.ALLOW_UTF8)));
            assertThat(oracle.read(Dialect.Format.OPENMETRICS, bytes(page)))
                    .isEqualTo(oracle.read(Dialect.Format.TEXT, bytes(source)));
        }
    }

    private static byte[] bytes(String page) {
        return page.getBytes(StandardCharsets.UTF_8);
    }
}
