package dev.nacelle.frontend.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.metrics.Page;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HttpRequestGuardTest {
    private static final long SECOND = 1_000_000_000L;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final HttpServiceMetrics metrics =
            new HttpServiceMetrics(Families.in(registry), HttpMetricsConfig.DEFAULT, EnumSet.allOf(HttpEndpoint.class));

    HttpRequestGuardTest() {
        metrics.serve("m");
    }

    @Test
    void aRequestIsCountedInAndOut() {
        try (var request = begin()) {
            assertThat(ofModel("active_requests")).isEqualTo(1);
            assertThat(ofModel("inflight_requests")).isEqualTo(1);
            assertThat(legacy("inflight_requests", "model", "m")).isEqualTo(1);
            assertThat(ofModel("queued_requests")).isEqualTo(1);
            assertThat(started()).isEqualTo(1);
            request.firstResponse();
            assertThat(ofModel("queued_requests")).isZero();
            assertThat(ofModel("active_requests")).isEqualTo(1);
            request.markOk();
        }
        assertThat(ofModel("active_requests")).isZero();
        assertThat(ofModel("inflight_requests")).isZero();
        assertThat(legacy("inflight_requests", "model", "m")).isZero();
        assertThat(ofModel("request_duration_seconds_count")).isEqualTo(1);
        assertThat(legacy("request_duration_seconds_count", "model", "m")).isEqualTo(1);
        assertThat(ended("success", "")).isEqualTo(1);
        assertThat(legacyEnded("success")).isEqualTo(1);
        assertThat(legacyEnded("error")).isZero();
    }

    @Test
    void aRequestThatNobodyMarkedIsAnInternalError() {
        begin().close();
        assertThat(ended("error", "internal")).isEqualTo(1);
        assertThat(legacyEnded("error")).isEqualTo(1);
        assertThat(ofModel("queued_requests")).isZero();
        assertThat(ofModel("output_sequence_tokens_count")).isZero();
    }

    @Test
    void anExceptionCountsTheRequestOutAsAnError() {
        assertThatThrownBy(() -> {
                    try (var _ = begin()) {
                        throw new IllegalStateException("pipeline");
                    }
                })
                .hasMessage("pipeline");
        assertThat(ofModel("active_requests")).isZero();
        assertThat(ended("error", "internal")).isEqualTo(1);
    }

    @Test
    void anInterruptedThreadCountsTheRequestOut() {
        try (var request = begin()) {
            Thread.currentThread().interrupt();
            request.cancelled();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(ofModel("active_requests")).isZero();
        assertThat(ended("error", "cancelled")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(HttpErrorType.class)
    void anErrorIsCountedByItsType(HttpErrorType type) {
        try (var request = begin()) {
            request.error(type);
        }
        assertThat(ended("error", type.label())).isEqualTo(1);
        assertThat(ended("success", "")).isZero();
    }

    @Test
    void theFirstOutcomeStands() {
        try (var request = begin()) {
            request.cancelled();
            request.error(HttpErrorType.INTERNAL);
            request.markOk();
        }
        assertThat(ended("error", "cancelled")).isEqualTo(1);
        try (var request = begin()) {
            request.markOk();
            request.cancelled();
        }
        assertThat(ended("success", "")).isEqualTo(1);
        assertThat(cancellations()).isEqualTo(1);
    }

    @Test
    void nothingCountsTwiceOrAfterTheClose() {
        var request = begin();
        for (var i = 0; i < 2; i++) {
            request.inputTokens(10);
            request.cachedTokens(5);
            request.firstToken();
            request.firstResponse();
            request.disconnected();
            request.cancelled();
            request.close();
        }
        request.tokens(3);
        request.rejected();
        assertThat(ofModel("input_sequence_tokens_count")).isEqualTo(1);
        assertThat(ofModel("cached_tokens_sum")).isEqualTo(5);
        assertThat(ofModel("time_to_first_token_seconds_count")).isEqualTo(1);
        assertThat(ofModel("output_tokens_total")).isZero();
        assertThat(ofModel("queued_requests")).isZero();
        assertThat(ofModel("active_requests")).isZero();
        assertThat(cancellations()).isEqualTo(1);
        assertThat(rejections()).isZero();
        assertThat(Page.of(registry).value("dynamo_frontend_disconnected_clients"))
                .contains(1.0);
        assertThat(ofModel("request_duration_seconds_count")).isEqualTo(1);
    }

    @Test
    void tokensAreCountedAsTheyCome() {
        var start = System.nanoTime();
        try (var request = metrics.begin("m", HttpEndpoint.CHAT_COMPLETIONS, RequestType.STREAM, start)) {
            request.tokens(1, start + 2 * SECOND);
            assertThat(ofModel("output_tokens_total")).isEqualTo(1);
            assertThat(ofModel("queued_requests")).isZero();
            request.tokens(4, start + 4 * SECOND);
            assertThat(ofModel("output_tokens_total")).isEqualTo(5);
            request.tokens(0, start + 5 * SECOND);
            request.tokens(1, start + 7 * SECOND);
            request.markOk();
        }
        assertThat(ofModel("time_to_first_token_seconds_count")).isEqualTo(1);
        assertThat(ofModel("time_to_first_token_seconds_sum")).isEqualTo(2);
        assertThat(ofModel("inter_token_latency_seconds_count")).isEqualTo(5);
        assertThat(ofModel("inter_token_latency_seconds_sum")).isEqualTo(5);
        assertThat(Page.of(registry)
                        .value("dynamo_frontend_inter_token_latency_seconds_bucket", "model", "m", "le", "0.69"))
                .as("four tokens share two seconds")
                .contains(4.0);
        assertThat(ofModel("output_sequence_tokens_sum")).isEqualTo(6);
    }

    @Test
    void aFirstTokenToldEarlierIsNotCountedAgain() {
        try (var request = begin()) {
            request.firstToken();
            request.tokens(2);
            request.markOk();
        }
        assertThat(ofModel("time_to_first_token_seconds_count")).isEqualTo(1);
        assertThat(ofModel("inter_token_latency_seconds_count")).isZero();
        assertThat(ofModel("output_tokens_total")).isEqualTo(2);
    }

    @Test
    void tokensOfARequestThatFailedAreASequenceToo() {
        try (var request = begin()) {
            request.tokens(7);
            request.error(HttpErrorType.TRUNCATED_STREAM);
        }
        assertThat(ofModel("output_sequence_tokens_sum")).isEqualTo(7);
    }

    @Test
    void rejectionsAndMigrationsAreCounted() {
        try (var request = begin()) {
            request.migrated(MigrationType.NEW_REQUEST);
            request.migrated(MigrationType.ONGOING_REQUEST);
            request.migrated(MigrationType.ONGOING_REQUEST);
            request.rejected();
        }
        assertThat(rejections()).isEqualTo(1);
        assertThat(ended("error", "overload")).isEqualTo(1);
        var page = Page.of(registry);
        assertThat(page.value(
                        "dynamo_frontend_model_migration_total", "model", "m", "migration_type", "ongoing_request"))
                .contains(2.0);
    }

    @Test
    void manyRequestsOnManyThreadsLeaveNothingBehind() throws InterruptedException {
        var requests = 2_000;
        var tasks = new ArrayList<Callable<Void>>();
        for (var i = 0; i < requests; i++) {
            var kind = i % 5;
            tasks.add(() -> {
                try (var request = begin();
                        var others = Executors.newVirtualThreadPerTaskExecutor()) {
                    request.inputTokens(10);
                    if (kind != 0) request.tokens(2);
                    switch (kind) {
                        case 1 -> request.markOk();
                        case 2 -> request.error(HttpErrorType.BACKEND_ERROR);
                        case 3 -> others.execute(request::disconnected);
                        case 4 -> others.execute(request::close);
                        default -> {}
                    }
                }
                return null;
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.invokeAll(tasks);
        }
        assertThat(ofModel("active_requests")).isZero();
        assertThat(ofModel("queued_requests")).isZero();
        assertThat(started()).isEqualTo(requests);
        assertThat(ofModel("request_duration_seconds_count")).isEqualTo(requests);
        assertThat(Page.of(registry).family("dynamo_frontend_requests_total").stream()
                        .mapToDouble(Page.Sample::value)
                        .sum())
                .isEqualTo(requests);
        assertThat(ofModel("output_tokens_total")).isEqualTo(2 * requests * 4.0 / 5);
        assertThat(ended("success", "")).isEqualTo(requests / 5.0);
        assertThat(ended("error", "backend_error")).isEqualTo(requests / 5.0);
        assertThat(cancellations()).isEqualTo(ended("error", "cancelled"));
    }

    private HttpRequestGuard begin() {
        return metrics.begin("m", HttpEndpoint.CHAT_COMPLETIONS, RequestType.STREAM);
    }

    private double ofModel(String name) {
        return value("dynamo_frontend_" + name, "model", "m");
    }

    private double started() {
        return value(
                "dynamo_frontend_requests_started_total",
                "model",
                "m",
                "endpoint",
                "chat_completions",
                "request_type",
                "stream");
    }

    private double ended(String status, String errorType) {
        return value(
                "dynamo_frontend_requests_total",
                "model",
                "m",
                "endpoint",
                "chat_completions",
                "request_type",
                "stream",
                "status",
                status,
                "error_type",
                errorType);
    }

    private double cancellations() {
        return value(
                "dynamo_frontend_model_cancellation_total",
                "model",
                "m",
                "endpoint",
                "chat_completions",
                "request_type",
                "stream");
    }

    private double rejections() {
        return value("dynamo_frontend_model_rejection_total", "model", "m", "endpoint", "chat_completions");
    }

    private double legacyEnded(String status) {
        return legacy(
                "requests_total",
                "model",
                "m",
                "endpoint",
                "chat_completions",
                "request_type",
                "stream",
                "status",
                status);
    }

    private double legacy(String name, String... labels) {
        return value("nv_llm_http_service_" + name, labels);
    }

    private double value(String name, String... labels) {
        return Page.of(registry).value(name, labels).orElseThrow();
    }
}
