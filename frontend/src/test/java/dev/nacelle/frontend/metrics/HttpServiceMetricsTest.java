package dev.nacelle.frontend.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.nacelle.runtime.config.ConfigLoader;
import dev.nacelle.runtime.config.ConfigSource;
import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.metrics.FamilySpec;
import dev.nacelle.runtime.metrics.Page;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.config.Setting;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class HttpServiceMetricsTest {
    private static final Set<HttpEndpoint> OFFERED =
            EnumSet.of(HttpEndpoint.COMPLETIONS, HttpEndpoint.CHAT_COMPLETIONS);

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Families families = Families.in(registry);

    @Test
    void aModelsGaugesGoWithItAndItsCountersStay() {
        var metrics = metrics("dynamo_frontend", "nv_llm");
        try (var model = metrics.serve("m")) {
            model.describe(
                    new Registration(
                            OptionalInt.of(4096),
                            OptionalInt.of(16),
                            OptionalLong.of(1000),
                            OptionalInt.of(64),
                            OptionalInt.empty(),
                            OptionalInt.empty(),
                            OptionalInt.empty()),
                    3);
            model.workers(2);
            model.ready(true);
            var page = Page.of(registry);
            assertThat(page.value("dynamo_frontend_model_context_length", "model", "m"))
                    .contains(4096.0);
            assertThat(page.value("dynamo_frontend_model_kv_cache_block_size", "model", "m"))
                    .contains(16.0);
            assertThat(page.value("dynamo_frontend_model_total_kv_blocks", "model", "m"))
                    .contains(1000.0);
            assertThat(page.value("dynamo_frontend_model_max_num_seqs", "model", "m"))
                    .contains(64.0);
            assertThat(page.value("dynamo_frontend_model_max_num_batched_tokens", "model", "m"))
                    .contains(0.0);
            assertThat(page.value("dynamo_frontend_model_migration_limit", "model", "m"))
                    .contains(3.0);
            assertThat(page.value("dynamo_frontend_model_workers", "model", "m"))
                    .contains(2.0);
            assertThat(page.value("dynamo_frontend_model_ready", "model", "m")).contains(1.0);
            metrics.begin("m", HttpEndpoint.COMPLETIONS, RequestType.UNARY).close();
        }
        var page = Page.of(registry);
        assertThat(page.types().values().stream().filter("gauge"::equals).count())
                .as("disconnected_clients only")
                .isEqualTo(1);
        assertThat(page.value("dynamo_frontend_request_duration_seconds_count", "model", "m"))
                .contains(1.0);
    }

    @Test
    void aModelThatReturnsCountsOnAndOwesNothingToItsPast() {
        var metrics = metrics("dynamo_frontend", "nv_llm");
        var first = metrics.serve("m");
        assertThat(metrics.serve("m")).isSameAs(first);
        var late = metrics.begin("m", HttpEndpoint.COMPLETIONS, RequestType.UNARY);
        first.close();
        var second = metrics.serve("m");
        assertThat(second).isNotSameAs(first);
        first.close();
        assertThat(metrics.serve("m")).isSameAs(second);
        late.close();
        var page = Page.of(registry);
        assertThat(page.value("dynamo_frontend_active_requests", "model", "m")).contains(0.0);
        assertThat(page.value("dynamo_frontend_queued_requests", "model", "m")).contains(0.0);
        assertThat(page.value("dynamo_frontend_request_duration_seconds_count", "model", "m"))
                .contains(1.0);
    }

    @Test
    void modelsThatAreNotServedAreUnknown() {
        var metrics = metrics("dynamo_frontend", "nv_llm");
        for (var i = 0; i < 100; i++)
            try (var request = metrics.begin("guess-" + i, HttpEndpoint.COMPLETIONS, RequestType.UNARY)) {
                request.error(HttpErrorType.NOT_FOUND);
            }
        var page = Page.of(registry);
        assertThat(page.samples().stream()
                        .map(sample -> sample.labels().getOrDefault("model", "unknown"))
                        .collect(Collectors.toSet()))
                .containsExactly("unknown");
        assertThat(page.value(
                        "dynamo_frontend_requests_total",
                        "model",
                        "unknown",
                        "endpoint",
                        "completions",
                        "request_type",
                        "unary",
                        "status",
                        "error",
                        "error_type",
                        "not_found"))
                .contains(100.0);
    }

    @Test
    void anEndpointThatIsNotOfferedIsAnErrorThatNamesIt() {
        var metrics = metrics("dynamo_frontend", "nv_llm");
        metrics.serve("m");
        assertThatThrownBy(() -> metrics.begin("m", HttpEndpoint.EMBEDDINGS, RequestType.UNARY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("embeddings");
    }

    @Test
    void prefixesAreSettingsAndAreSanitised() {
        metrics("my-front.end", "7old").serve("m");
        assertThat(Page.of(registry).types())
                .containsKeys("my_front_end_requests_total", "_7old_http_service_requests_total")
                .doesNotContainKey("dynamo_frontend_requests_total");
    }

    @Test
    void anEmptyLegacyPrefixTurnsTheOlderSchemeOff() {
        var metrics = metrics("dynamo_frontend", "");
        metrics.serve("m");
        try (var request = metrics.begin("m", HttpEndpoint.COMPLETIONS, RequestType.UNARY)) {
            request.markOk();
        }
        assertThat(Page.of(registry).types().keySet()).noneMatch(name -> name.contains("http_service"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "_", "---"})
    void anUnusablePrefixGivesWayToTheDefaultWithAWarning(String prefix) {
        var warnings =
                warnings(HttpServiceMetrics.class, () -> metrics(prefix, "__").serve("m"));
        assertThat(Page.of(registry).types())
                .containsKeys("dynamo_frontend_requests_total", "nv_llm_http_service_requests_total");
        assertThat(warnings)
                .satisfiesExactly(
                        first -> assertThat(first).contains("frontend.metrics_prefix", "\"" + prefix + "\""),
                        second -> assertThat(second).contains("frontend.legacy_metrics_prefix", "\"__\""));
    }

    @Test
    void aPrefixWhoseNamesAreTakenGivesWayToTheDefault() {
        families.declare(FamilySpec.gauge("taken_requests_total", "Another's."));
        var warnings = warnings(
                HttpServiceMetrics.class, () -> metrics("taken", "nv_llm").serve("m"));
        assertThat(warnings).singleElement().asString().contains("taken_requests_total");
        assertThat(Page.of(registry).types()).containsKeys("dynamo_frontend_requests_total");
    }

    @Test
    void bucketsAreSettingsAndUnusableOnesGiveWayWithAWarning() {
        var standard = HttpBuckets.DEFAULT;
        var buckets = new HttpBuckets(
                new LogBuckets(1, 64, 4),
                standard.inputSequenceTokens(),
                standard.outputSequenceTokens(),
                new LogBuckets(5, 1, 9),
                standard.interTokenLatency());
        var warnings = warnings(
                HttpBuckets.class,
                () -> new HttpServiceMetrics(families, new HttpMetricsConfig("f", "", buckets), OFFERED).serve("m"));
        var page = Page.of(registry);
        assertThat(page.bounds("f_request_duration_seconds"))
                .containsExactly(0.0, 4.0, 16.0, 64.0, Double.POSITIVE_INFINITY);
        assertThat(page.bounds("f_time_to_first_token_seconds")).hasSize(19);
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("frontend.metrics_buckets.time_to_first_token", "min=5.0");
    }

    @Test
    void bucketsBindFromAConfigurationAndDefaultToTheContracts() {
        record Part(@Setting("Buckets") HttpBuckets metricsBuckets) {}
        var source = ConfigSource.empty(Path.of("."));
        var parts = List.<Class<? extends Record>>of(Part.class);
        assertThat(ConfigLoader.load(source, parts).part(Part.class).metricsBuckets())
                .isEqualTo(HttpBuckets.DEFAULT);
        var set = source.withSet("metrics_buckets.request_duration={min: 0.5, max: 64, count: 4}");
        assertThat(ConfigLoader.load(set, parts)
                        .part(Part.class)
                        .metricsBuckets()
                        .requestDuration())
                .isEqualTo(new LogBuckets(0.5, 64, 4));
    }

    @Test
    void tokenizersAreTimed() {
        var metrics = metrics("dynamo_frontend", "nv_llm");
        metrics.tokenizerLatency(TokenizerOperation.TOKENIZE, 3);
        assertThat(Page.of(registry).value("dynamo_frontend_tokenizer_latency_ms_sum", "operation", "tokenize"))
                .contains(3.0);
    }

    @Test
    void closingTakesEverythingOffThePage() {
        var metrics = metrics("dynamo_frontend", "nv_llm");
        metrics.serve("m");
        metrics.begin("other", HttpEndpoint.COMPLETIONS, RequestType.UNARY).close();
        metrics.close();
        metrics.close();
        assertThat(Page.of(registry).samples()).isEmpty();
    }

    private HttpServiceMetrics metrics(String prefix, String legacyPrefix) {
        return new HttpServiceMetrics(
                families, new HttpMetricsConfig(prefix, legacyPrefix, HttpBuckets.DEFAULT), OFFERED);
    }

    private static List<String> warnings(Class<?> source, Runnable action) {
        var logger = (Logger) LoggerFactory.getLogger(source);
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        logger.addAppender(appender);
        try {
            action.run();
        } finally {
            logger.detachAppender(appender);
        }
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
