package dev.nacelle.frontend.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

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
    private static final int MICROS_PER_TOKEN = 50;

    /** Takes at least {@value #MICROS_PER_TOKEN} µs a token. */
    private static final class Slow implements Detokenizer {
        @Override
        public void append(int id, StringBuilder out) {
            long start = System.nanoTime();
            while (System.nanoTime() - start < MICROS_PER_TOKEN * 1000L) Thread.onSpinWait();
            out.append((char) id);
        }

        @Override
        public void flush(StringBuilder out) {
            out.append('.');
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16, 17, 64, 65, 200})
    void everyTokenCountsAndTheTimedOnesStandForTheOthers(int tokens) {
        var registry = new PrometheusRegistry();
        var families = Families.in(registry);
        var http = new HttpServiceMetrics(families, HttpMetricsConfig.DEFAULT, EnumSet.allOf(HttpEndpoint.class));
        var meter = new DetokenizeMeter(new PipelineMetrics(families), http, new Slow());
        var text = new StringBuilder();
        for (int i = 0; i < tokens; i++) meter.append('x', text);
        meter.flush(text);
        meter.close();
        meter.close();
        assertThat(text).hasToString("x".repeat(tokens) + ".");
        var page = Page.of(registry);
        assertThat(page.value("dynamo_frontend_detokenize_token_count")).contains((double) tokens);
        assertThat(page.value("dynamo_frontend_detokenize_total_us").orElseThrow())
                .isGreaterThanOrEqualTo((double) tokens * MICROS_PER_TOKEN);
        assertThat(page.value("dynamo_frontend_tokenizer_latency_ms_count", "operation", "detokenize"))
                .contains(1.0);
    }
}
