package dev.nacelle.runtime.exposition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Registries of other Java libraries, each bridged by one line. */
class JavaRegistriesTest {
    private final PageFixture page = new PageFixture();

    @AfterEach
    void close() {
        page.close();
    }

    private static List<String> samples(String text) {
        return text.lines()
                .filter(line -> !line.startsWith("#") && !line.contains("nacelle_expfmt_"))
                .sorted()
                .toList();
    }

    @Test
    void micrometer() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.counter("orders", "kind", "a \"quoted\" one").increment(3);
        registry.gauge("depth", 1.5);
        DistributionSummary.builder("sizes")
                .publishPercentileHistogram()
                .maximumExpectedValue(100.0)
                .register(registry)
                .record(7);

        page.page.sources().add(SourceSpec.named("micrometer"), registry::scrape);

        assertThat(samples(page.text())).isEqualTo(samples(registry.scrape()));
        assertThat(page.text())
                .contains("# TYPE sizes histogram\n", "orders_total{kind=\"a \\\"quoted\\\" one\"} 3.0\n");
        assertThat(page.openMetrics()).contains("# TYPE orders counter\n");
    }

    @Test
    void simpleclient() throws Exception {
        CollectorRegistry registry = new CollectorRegistry();
        io.prometheus.client.Counter.build("orders_total", "Orders.")
                .labelNames("kind")
                .register(registry)
                .labels("a")
                .incWithExemplar(2, "trace_id", "t");
        io.prometheus.client.Histogram.build("waits_seconds", "Waits.")
                .register(registry)
                .observe(0.3);
        io.prometheus.client.Info.build("build", "Build.").register(registry).info("version", "1");
        io.prometheus.client.Enumeration.build("state", "State.")
                .states("on", "off")
                .register(registry)
                .state("on");

        page.page.sources().add(SourceSpec.named("simpleclient"), () -> {
            StringWriter out = new StringWriter();
            TextFormat.writeOpenMetrics100(out, registry.metricFamilySamples());
            return out.toString();
        });

        StringWriter own = new StringWriter();
        TextFormat.writeOpenMetrics100(own, registry.metricFamilySamples());
        assertThat(samples(page.openMetrics())).isEqualTo(samples(own.toString()));
        assertThat(page.openMetrics())
                .contains("# {trace_id=\"t\"} 2.0", "# TYPE state stateset\n", "# TYPE build info\n");
        assertThat(page.text())
                .contains(
                        "# TYPE orders_total counter\norders_total{kind=\"a\"} 2.0\n", "# TYPE orders_created gauge\n");
    }

    @Test
    void anotherRegistryOfTheClientLibrary() throws Exception {
        PrometheusRegistry registry = new PrometheusRegistry();
        Counter.builder().name("orders").register(registry).incWithExemplar(Labels.of("trace_id", "t"));
        Histogram.builder().name("waits_seconds").register(registry).observe(0.3);

        page.page.sources().add(SourceSpec.named("other"), () -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            OpenMetricsTextFormatWriter.create().write(out, registry.scrape());
            return out.toString(UTF_8);
        });

        ByteArrayOutputStream own = new ByteArrayOutputStream();
        OpenMetricsTextFormatWriter.create().write(own, registry.scrape());
        assertThat(samples(page.openMetrics())).isEqualTo(samples(own.toString(UTF_8)));
    }
}
