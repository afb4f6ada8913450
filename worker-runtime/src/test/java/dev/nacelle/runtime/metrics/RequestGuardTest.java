package dev.nacelle.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class RequestGuardTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final RuntimeMetrics runtime = RuntimeMetrics.open(registry, new MetricsConfig(false));
    private final RequestMetrics requests = runtime.worker(
                    new Chain("dynamo", "backend", "generate", 1), new ModelLabels("m", "m"))
            .requests();

    @Test
    void aRequestIsInFlightUntilItsGuardIsClosed() {
        try (var request = requests.begin()) {
            assertThat(value("inflight_requests")).isEqualTo(1);
            assertThat(value("requests_total")).isEqualTo(1);
            request.firstResponse();
            request.firstResponse();
            requests.requestBytes(10);
            requests.responseBytes(20);
            requests.responseBytes(5);
        }
        assertThat(value("inflight_requests")).isZero();
        assertThat(value("request_duration_seconds_count")).isEqualTo(1);
        assertThat(value("request_bytes_total")).isEqualTo(10);
        assertThat(value("response_bytes_total")).isEqualTo(25);
        assertThat(value("cancellation_total")).isZero();
        assertThat(Page.of(registry).value("dynamo_work_handler_time_to_first_response_seconds_count"))
                .contains(1.0);
    }

    @Test
    void aSecondCloseDoesNothing() {
        var request = requests.begin();
        request.close();
        request.close();
        request.cancelled();
        request.firstResponse();
        request.error(RequestErrorType.GENERATE);
        assertThat(value("inflight_requests")).isZero();
        assertThat(value("request_duration_seconds_count")).isEqualTo(1);
        assertThat(value("cancellation_total")).isZero();
        assertThat(errors(RequestErrorType.GENERATE)).isZero();
    }

    @Test
    void errorsAndCancellationsCountOnceARequest() {
        try (var request = requests.begin()) {
            for (var type : RequestErrorType.values()) {
                request.error(type);
                request.error(type);
            }
            request.cancelled();
            request.cancelled();
        }
        for (var type : RequestErrorType.values()) assertThat(errors(type)).isEqualTo(1);
        assertThat(value("cancellation_total")).isEqualTo(1);
    }

    @Test
    void anExceptionCountsTheRequestOut() {
        assertThatThrownBy(() -> {
                    try (var request = requests.begin()) {
                        request.error(RequestErrorType.GENERATE);
                        throw new IllegalStateException("engine");
                    }
                })
                .hasMessage("engine");
        assertThat(value("inflight_requests")).isZero();
        assertThat(errors(RequestErrorType.GENERATE)).isEqualTo(1);
    }

    @Test
    void anInterruptedThreadCountsTheRequestOutAndStaysInterrupted() {
        try (var request = requests.begin()) {
            Thread.currentThread().interrupt();
            request.cancelled();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(value("inflight_requests")).isZero();
        assertThat(value("cancellation_total")).isEqualTo(1);
    }

    @Test
    void anErrorWithoutARequestIsCounted() {
        requests.error(RequestErrorType.DESERIALIZATION);
        assertThat(errors(RequestErrorType.DESERIALIZATION)).isEqualTo(1);
        assertThat(value("requests_total")).isZero();
    }

    @Test
    void transitByClocksThatDisagreeIsNotNegative() {
        requests.networkTransit(-1);
        requests.networkTransit(0.5);
        assertThat(Page.of(registry).value("dynamo_work_handler_network_transit_seconds_sum"))
                .contains(0.5);
    }

    @Test
    void manyThreadsLeaveNothingInFlight() throws InterruptedException {
        var tasks = new ArrayList<Callable<Void>>();
        for (var i = 0; i < 2_000; i++) {
            var kind = i % 4;
            tasks.add(() -> {
                try (var request = requests.begin();
                        var closers = Executors.newVirtualThreadPerTaskExecutor()) {
                    request.firstResponse();
                    if (kind == 1) request.error(RequestErrorType.GENERATE);
                    if (kind == 2) request.cancelled();
                    if (kind == 3) closers.execute(request::close);
                }
                return null;
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.invokeAll(tasks);
        }
        assertThat(value("inflight_requests")).isZero();
        assertThat(value("requests_total")).isEqualTo(2_000);
        assertThat(value("request_duration_seconds_count")).isEqualTo(2_000);
        assertThat(errors(RequestErrorType.GENERATE)).isEqualTo(500);
        assertThat(value("cancellation_total")).isEqualTo(500);
    }

    private double value(String name) {
        return Page.of(registry)
                .value(
                        "dynamo_component_" + name,
                        "dynamo_namespace",
                        "dynamo",
                        "dynamo_component",
                        "backend",
                        "dynamo_endpoint",
                        "generate",
                        "worker_id",
                        "1")
                .orElseThrow();
    }

    private double errors(RequestErrorType type) {
        return Page.of(registry).family("dynamo_component_errors_total").stream()
                .filter(sample -> type.label().equals(sample.labels().get("error_type")))
                .findFirst()
                .orElseThrow()
                .value();
    }
}
