package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusProtobufWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Pages of several sources that use the same few names for everything: whatever they say, what comes out is a page. */
class SeveralSourcesTest {
    private static final List<String> NAMES = List.of(
            "a", "a.b", "a_b", "a_total", "a_count", "a_sum", "a_bucket", "a_info", "a_created", "a_gcount", "b");
    private static final List<String> TYPES = List.of(
            "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown", "nonsense");
    private static final List<String> SUFFIXES =
            List.of("", "", "_total", "_created", "_bucket", "_count", "_sum", "_gcount", "_gsum", "_info");
    private static final List<String> LABELS = List.of(
            "", "x=\"1\"", "\"x.y\"=\"1\"", "x_y=\"1\"", "rank=\"0\"", "rank=\"1\"", "a=\"s\"", "quantile=\"0.5\"");

    private static <T> T pick(SplittableRandom random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static String page(SplittableRandom random) {
        StringBuilder page = new StringBuilder();
        for (int family = random.nextInt(1, 4); family > 0; family--) {
            String name = pick(random, NAMES);
            boolean quoted = name.contains(".");
            if (random.nextInt(5) > 0)
                page.append("# TYPE ")
                        .append(quoted ? '"' + name + '"' : name)
                        .append(' ')
                        .append(pick(random, TYPES))
                        .append('\n');
            for (int sample = random.nextInt(1, 6); sample > 0; sample--) {
                String full = name + pick(random, SUFFIXES);
                String labels = pick(random, LABELS);
                if (full.endsWith("_bucket"))
                    labels = (labels.isEmpty() ? "" : labels + ",") + pick(random, List.of("le=\"1\"", "le=\"+Inf\""));
                page.append(quoted ? "{\"" + full + "\"" + (labels.isEmpty() ? "" : ",") : full + "{")
                        .append(labels)
                        .append("} ")
                        .append(random.nextInt(3))
                        .append(random.nextInt(8) == 0 ? " 17" : "")
                        .append(random.nextInt(8) == 0 ? " # {\"x.y\"=\"1\",x_y=\"2\"} 1" : "")
                        .append('\n');
            }
        }
        return random.nextBoolean() ? page + "# EOF\n" : page.toString();
    }

    @Test
    void everyFormatIsRightWhateverTheyUseTheNamesFor() throws Exception {
        BridgeMetrics.OfSource metrics = new BridgeMetrics(new PrometheusRegistry(), _ -> {}).add("any");
        for (int seed = 0; seed < 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder shown = new StringBuilder("seed " + seed + "\n");
            List<ForeignPage> pages = new ArrayList<>();
            int sources = random.nextInt(1, 4);
            for (int i = 0; i < sources; i++) {
                SourceSpec spec = SourceSpec.named("s" + i);
                if (random.nextBoolean()) spec = spec.labelled(Map.of("rank", "0", "x_y", "1"));
                String text = page(random);
                // Labels of two sources that escaping makes one are not told apart.
                if (sources > 1) text = text.replace("x.y", "x.z");
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                pages.add(new ForeignPage(spec, metrics, bytes, ExpositionParser.parse(bytes, spec)));
                shown.append(spec.labels()).append('\n').append(text);
            }
            List<Merge.Accepted> accepted = Merge.of(List.of(), pages, Set.of(), new HashSet<>());
            for (Dialect.Format format : Dialect.Format.values())
                for (EscapingScheme escaping : EscapingScheme.values()) {
                    Dialect dialect = new Dialect(format, escaping);
                    PageBuffer to = new PageBuffer(1024);
                    new PageWriter(to, dialect, NameFilter.ALL)
                            .write(PagePlan.of(dialect, List.of(), accepted), List.of());
                    check(to.toBytes(), shown);
                }
            for (EscapingScheme escaping : EscapingScheme.values())
                new PrometheusProtobufWriter()
                        .write(
                                new ByteArrayOutputStream(),
                                MergedSnapshots.of(List.of(), List.of(), accepted, NameFilter.ALL),
                                escaping);
        }
    }

    private static void check(byte[] written, StringBuilder shown) {
        ExpositionReport report = ExpositionReport.of(written);
        assertThat(report.refusal()).isEmpty();
        List<Complaint> complaints = report.complaints().stream()
                .filter(complaint -> complaint.kind() != Complaint.Kind.NOTE)
                .toList();
        assertThat(complaints)
                .as("%s%nwritten:%n%s", shown, new String(written, StandardCharsets.UTF_8))
                .isEmpty();
    }
}
