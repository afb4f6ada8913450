package dev.nacelle.frontend.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.exposition.ScrapePage;
import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.metrics.MetricsTable;
import dev.nacelle.runtime.metrics.Page;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the frontend's families to {@code docs/metrics.md}, which operators read, and to a scrape of Dynamo 1.6.1. */
class HttpContractTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Families families = Families.in(registry);
    private final HttpServiceMetrics metrics =
            new HttpServiceMetrics(families, HttpMetricsConfig.DEFAULT, EnumSet.allOf(HttpEndpoint.class));
    private final PipelineMetrics stages = new PipelineMetrics(families);

    @Test
    void everyFamilyIsAsTheDocumentationSays() throws IOException {
        metrics.serve("m");
        stages.cacheAsked("m", 1, 1);
        var page = served();
        var documented = MetricsTable.read(Path.of("..", "docs", "metrics.md"), "Frontend");
        assertThat(page.types().keySet())
                .isEqualTo(documented.stream().map(MetricsTable.Row::name).collect(Collectors.toSet()));
        for (var row : documented) {
            assertThat(page.types()).as(row.name()).containsEntry(row.name(), row.type());
            assertThat(page.labelNames(row.name())).as(row.name()).isEqualTo(Set.of(row.labels()));
            if (row.type().equals("histogram"))
                assertThat(page.bounds(row.name())).as(row.name()).isEqualTo(row.boundsWithInfinity());
        }
    }

    @Test
    void whatDynamoShowsTooLooksTheSame() throws IOException {
        metrics.serve("m");
        stages.cacheAsked("m", 1, 1);
        var ours = served();
        var shared = ours.familiesThatAgreeWith(Page.ofDynamo("frontend.prom"));
        var onlyOurs = new HashSet<>(ours.types().keySet());
        onlyOurs.removeAll(shared);
        assertThat(onlyOurs)
                .containsExactlyInAnyOrder(
                        "dynamo_frontend_model_workers",
                        "dynamo_frontend_model_migration_total",
                        "dynamo_frontend_model_rejection_total",
                        "nv_llm_http_service_requests_total",
                        "nv_llm_http_service_inflight_requests",
                        "nv_llm_http_service_request_duration_seconds");
    }

    /** As a process shows it, whose counters may lack {@code _total}. */
    private Page served() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var page = new ScrapePage(registry, families::exactCounters)) {
            page.writeText("", out);
        }
        return Page.parse(out.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.contains("nacelle_expfmt_"))
                .collect(Collectors.joining("\n")));
    }

    @Test
    void everyFormatCanSayThePage() {
        metrics.serve("m");
        try (var request = metrics.begin("m", HttpEndpoint.CHAT_COMPLETIONS, RequestType.STREAM)) {
            request.tokens(1);
            request.markOk();
        }
        assertThat(Page.openMetrics(registry))
                .contains("dynamo_frontend_output_tokens_total")
                .endsWith("# EOF\n");
        assertThat(Page.protobuf(registry)).contains("dynamo_frontend_output_tokens_total", "schema: ");
        var samples = Page.of(registry).samples();
        assertThat(new HashSet<>(samples.stream()
                        .map(sample -> List.of(sample.name(), sample.labels()))
                        .toList()))
                .hasSameSizeAs(samples);
    }

    @Test
    void knownLabelSetsStartAtZero() {
        metrics.serve("m");
        var page = Page.of(registry);
        for (var endpoint : HttpEndpoint.values()) {
            assertThat(page.value("dynamo_frontend_model_rejection_total", "model", "m", "endpoint", endpoint.label()))
                    .contains(0.0);
            for (var type : RequestType.values())
                assertThat(page.value(
                                "dynamo_frontend_model_cancellation_total",
                                "model",
                                "m",
                                "endpoint",
                                endpoint.label(),
                                "request_type",
                                type.label()))
                        .contains(0.0);
        }
        for (var type : MigrationType.values())
            assertThat(page.value(
                            "dynamo_frontend_model_migration_total", "model", "m", "migration_type", type.label()))
                    .contains(0.0);
        for (var operation : TokenizerOperation.values())
            assertThat(page.value("dynamo_frontend_tokenizer_latency_ms_count", "operation", operation.label()))
                    .contains(0.0);
        assertThat(page.value("dynamo_frontend_disconnected_clients")).contains(0.0);
    }

    @Test
    void errorTypesAreThoseOfTheContract() {
        metrics.serve("m");
        assertThat(Page.of(registry).family("dynamo_frontend_requests_total").stream()
                        .map(sample -> sample.labels().get("error_type"))
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(
                        "",
                        "validation",
                        "not_found",
                        "overload",
                        "unavailable",
                        "cancelled",
                        "response_timeout",
                        "internal",
                        "not_implemented",
                        "backend_error",
                        "truncated_stream");
    }
}
