package dev.nacelle.frontend.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nacelle.frontend.metrics.HttpEndpoint;
import dev.nacelle.frontend.metrics.HttpMetricsConfig;
import dev.nacelle.frontend.metrics.HttpServiceMetrics;
import dev.nacelle.frontend.metrics.PipelineMetrics;
import dev.nacelle.frontend.text.Detokenizer;
import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.metrics.Page;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetokenizeMeterTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private long nanos;

    /** Its first token takes 500 µs, every other 2 µs, on the test's clock. */
    private final class Slow implements Detokenizer {
        @Override
        public void append(int id, StringBuilder out) {
            nanos += out.isEmpty() ? 500_000 : 2_000;
            out.append((char) id);
        }

        @Override
        public void flush(StringBuilder out) {
            out.append('.');
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 32, 33, 64, 65, 200})
    void everyTokenCountsAndTheTimedOnesStandForTheOthers(int tokens) {
        var families = Families.in(registry);
        var http = new HttpServiceMetrics(families, HttpMetricsConfig.DEFAULT, EnumSet.allOf(HttpEndpoint.class));
        var meter = new DetokenizeMeter(new PipelineMetrics(families), http, new Slow(), () -> nanos);
        var text = new StringBuilder();
        for (int i = 0; i < tokens; i++) meter.append('x', text);
        meter.flush(text);
        meter.close();
        meter.close();
        assertThat(text).hasToString("x".repeat(tokens) + ".");
        double micros = 500 + 2.0 * (tokens - 1);
        assertThat(value("dynamo_frontend_detokenize_token_count")).isEqualTo(tokens);
        assertThat(value("dynamo_frontend_detokenize_total_us")).isEqualTo(micros);
        assertThat(value("dynamo_frontend_tokenizer_latency_ms_count", "operation", "detokenize"))
                .isEqualTo(1);
        assertThat(value("dynamo_frontend_tokenizer_latency_ms_sum", "operation", "detokenize"))
                .isCloseTo(micros / 1000 / tokens, within(1e-9));
    }

    private double value(String name, String... labels) {
        return Page.of(registry).value(name, labels).orElseThrow();
    }
}
