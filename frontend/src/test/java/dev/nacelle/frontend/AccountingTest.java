package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.metrics.Page;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thousand requests at once, of every kind, each of which says itself how it is to end: the metrics have every one. */
@Timeout(120)
class AccountingTest {
    private static final int CLIENTS = 20;
    private static final int ROUNDS = 5;
    private static final int KINDS = 10;

    @Test
    void afterAThousandMixedRequestsEveryGaugeIsAtZeroAndTheCountersAddUp() throws Exception {
        int each = CLIENTS * ROUNDS;
        try (var fixture = new FrontendFixture();
                var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var engine = fixture.engine();
            fixture.whenReady();
            var serving = tasks.submit(() -> serve(engine));
            for (var client : tasks.invokeAll(IntStream.range(0, CLIENTS)
                    .<Callable<Void>>mapToObj(_ -> () -> {
                        for (int i = 0; i < ROUNDS * KINDS; i++) ask(fixture, i % KINDS);
                        return null;
                    })
                    .toList())) client.get();
            fixture.awaitMetric("dynamo_frontend_active_requests{model=\"model\"}", 0);
            fixture.awaitMetric("dynamo_frontend_active_requests{model=\"unknown\"}", 0);
            serving.cancel(true);

            var page = Page.parse(fixture.get("/metrics").body());
            for (var gauge : new String[] {"active_requests", "inflight_requests", "queued_requests", "stage_requests"})
                assertThat(page.family("dynamo_frontend_" + gauge))
                        .isNotEmpty()
                        .allSatisfy(sample -> assertThat(sample.value()).isZero());
            assertThat(page.family("nv_llm_http_service_inflight_requests"))
                    .allSatisfy(sample -> assertThat(sample.value()).isZero());

            assertThat(ended(page, "model", "")).isEqualTo(3 * each);
            assertThat(ended(page, "model", "internal")).isEqualTo(2 * each);
            assertThat(ended(page, "model", "overload")).isEqualTo(each);
            assertThat(ended(page, "unknown", "validation")).isEqualTo(each);
            assertThat(ended(page, "model", "cancelled")).isEqualTo(2 * each);
            assertThat(ended(page, "unknown", "not_found")).isEqualTo(each);
            assertThat(sum(page, "dynamo_frontend_requests_total", Map.of())).isEqualTo(KINDS * each);
            assertThat(sum(page, "dynamo_frontend_requests_started_total", Map.of()))
                    .isEqualTo(KINDS * each);
            assertThat(sum(page, "dynamo_frontend_request_duration_seconds_count", Map.of()))
                    .isEqualTo(KINDS * each);
            assertThat(sum(page, "nv_llm_http_service_requests_total", Map.of()))
                    .isEqualTo(KINDS * each);
            assertThat(sum(page, "dynamo_frontend_model_rejection_total", Map.of()))
                    .isEqualTo(each);
            assertThat(sum(page, "dynamo_frontend_model_cancellation_total", Map.of()))
                    .isEqualTo(2 * each);
            assertThat(page.value("dynamo_frontend_disconnected_clients")).contains(2.0 * each);

            // "yes" three times, "so far" and then an error, "so far" and then nobody who listens.
            int tokens = (3 * 3 + 2 * 6) * each;
            assertThat(sum(page, "dynamo_frontend_output_tokens_total", Map.of()))
                    .isEqualTo(tokens);
            assertThat(page.value("dynamo_frontend_detokenize_token_count")).contains((double) tokens);
            assertThat(sum(page, "dynamo_frontend_time_to_first_token_seconds_count", Map.of()))
                    .isEqualTo(5 * each);
            assertThat(sum(page, "dynamo_frontend_inter_token_latency_seconds_count", Map.of()))
                    .isLessThanOrEqualTo(tokens - 5 * each);
            assertThat(sum(page, "dynamo_frontend_output_sequence_tokens_sum", Map.of()))
                    .isEqualTo(tokens);
            // All but those whose body was wrong and those that asked for another model.
            assertThat(sum(page, "dynamo_frontend_input_sequence_tokens_count", Map.of()))
                    .isEqualTo(8 * each);
            for (var stage : new String[] {"preprocess", "route"})
                assertThat(sum(page, "dynamo_frontend_stage_duration_seconds_count", Map.of("stage", stage)))
                        .isEqualTo(8 * each);
            assertThat(sum(
                            page,
                            "dynamo_frontend_stage_duration_seconds_count",
                            Map.of("stage", "transport_roundtrip")))
                    .isEqualTo(5 * each);
            assertThat(sum(page, "dynamo_frontend_stage_duration_seconds_count", Map.of("stage", "postprocess")))
                    .isEqualTo(3 * each);
        }
    }

    /** Does to each request what its prompt says. */
    private static Void serve(DrivenEngine engine) throws InterruptedException {
        while (true) {
            var call = engine.take();
            switch (call.prompt().strip()) {
                case "answer" -> call.say("yes").finish(FinishReason.STOP, new Usage(6, 3));
                case "fail" -> call.fail(new EngineError.Unknown("on purpose"));
                case "break" -> call.say("so far").fail(new EngineError.Unknown("on purpose"));
                case "refuse" -> call.fail(new EngineError.Overloaded("full", Duration.ofSeconds(1)));
                case "stay" -> call.say("so far");
                case "wait" -> {}
                default -> throw new AssertionError(call.prompt());
            }
        }
    }

    private static void ask(FrontendFixture fixture, int kind) throws IOException {
        try (var client = fixture.raw()) {
            switch (kind) {
                case 0 -> unary(client, "answer", 200);
                case 1 -> stream(client, "answer").until("[DONE]");
                case 2 ->
                    client.post("/v1/completions", completionBody("answer", ",\"stream\":true,\"n\":1"))
                            .until("[DONE]");
                case 3 -> unary(client, "fail", 500);
                case 4 -> stream(client, "break").until("\"error\"");
                case 5 -> unary(client, "refuse", 429);
                case 6 ->
                    client.post("/v1/completions", completionBody("x", ",\"temperature\":-1"))
                            .until(" 400 ");
                case 7 ->
                    client.post("/v1/completions", "{\"model\":\"nobody\",\"prompt\":\"x\"}")
                            .until(" 404 ");
                case 8 -> {
                    stream(client, "stay").until("\"text\":\"r\"");
                    client.reset();
                }
                case 9 ->
                    client.post("/v1/completions", completionBody("wait", "")).shutdownOutput();
                default -> throw new AssertionError(kind);
            }
            if (kind == 9) client.untilClosed();
        }
    }

    private static void unary(RawClient client, String prompt, int status) throws IOException {
        client.post("/v1/completions", completionBody(prompt, "")).until(" " + status + " ");
    }

    private static RawClient stream(RawClient client, String prompt) throws IOException {
        return client.post("/v1/completions", completionBody(prompt, ",\"stream\":true"));
    }

    private static double ended(Page page, String model, String errorType) {
        return sum(page, "dynamo_frontend_requests_total", Map.of("model", model, "error_type", errorType));
    }

    private static double sum(Page page, String name, Map<String, String> labels) {
        return page.samples().stream()
                .filter(sample ->
                        sample.name().equals(name) && sample.labels().entrySet().containsAll(labels.entrySet()))
                .mapToDouble(Page.Sample::value)
                .sum();
    }
}
