package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpositionReportTest {
    private static ExpositionReport report(String text) {
        return ExpositionReport.of(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void printsFamiliesAndEveryComplaintWithItsLine() {
        ExpositionReport report = report("""
                # HELP a_total How many.
                # TYPE a_total counter
                a_total{x="1"} 1
                a_total{x="1"} 2
                b{x="1" 1
                # TYPE h histogram
                h_bucket{le="1"} 2
                h_count 2
                """);
        assertThat(report.toText().replace(System.lineSeparator(), "\n")).isEqualTo("""
                a_total  counter               1  How many.
                h        histogram             2  \n\
                line 4: the same series stood there before; the first is kept
                line 5: expected ',' or '}' after a label: b{x="1" 1 (family 'b' is left out)
                line 7: family 'h' is no proper histogram (buckets, counts, signs or timestamps): OpenMetrics and protobuf show it as unknown
                text 0.0.4: 2 families, 3 series, 3 complaints
                """);
        assertThat(report.isClean()).isFalse();
    }

    @Test
    void isCleanWhenNothingIsWrong(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("x.prom"), "# TYPE a gauge\na 1\n# EOF\n");
        ExpositionReport report = ExpositionReport.read(file.toString());
        assertThat(report.isClean()).isTrue();
        assertThat(report.format()).isEqualTo("OpenMetrics 1.0");
    }

    @Test
    void readsAnythingWithoutFailing() {
        assertThat(report("").isClean()).isTrue();
        assertThat(report("\0\0\0").isClean()).isFalse();
        assertThat(report("x".repeat(1_000_000)).isClean()).isFalse();
        assertThat(report("{\"".repeat(100_000)).isClean()).isFalse();
        assertThat(report(("a{" + "b=\"c\",".repeat(100_000) + "} 1\n")).isClean())
                .isFalse();
        assertThat(report("a 1\n".repeat(200_000)).series()).isEqualTo(1);
    }
}
