package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static dev.nacelle.frontend.Routed.BLOCK;
import static dev.nacelle.frontend.Routed.PROMPT;
import static dev.nacelle.frontend.Routed.ask;
import static dev.nacelle.frontend.Routed.awaitIndexed;
import static dev.nacelle.frontend.Routed.awaitWaiting;
import static dev.nacelle.frontend.Routed.complete;
import static dev.nacelle.frontend.Routed.config;
import static dev.nacelle.frontend.Routed.end;
import static dev.nacelle.frontend.Routed.ofWorker;
import static dev.nacelle.frontend.Routed.promptTokens;
import static dev.nacelle.frontend.Routed.sample;
import static dev.nacelle.frontend.Routed.store;
import static dev.nacelle.frontend.Routed.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets a request, from the HTTP port to the engine, and what is shown of it. */
@Timeout(30)
class RoutingTest {
    private final List<AutoCloseable> owned = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (var each : owned.reversed()) each.close();
    }

    @Test
    void requestsGoInTurnUnlessToldOtherwise() throws Exception {
        var fixture = fixture();
        var one = fixture.engine(config(1));
        var two = fixture.engine(config(1));
        fixture.whenReady();
        for (int i = 0; i < 2; i++) {
            var first = ask(fixture, PROMPT);
            end(one.take(), 0);
            assertThat(first.get().statusCode()).isEqualTo(200);
            var second = ask(fixture, PROMPT);
            end(two.take(), 0);
            assertThat(second.get().statusCode()).isEqualTo(200);
        }
        assertThat(fixture.metric(ofWorker("last_input_sequence_tokens", one, "none")))
                .isGreaterThanOrEqualTo(PROMPT.length());
        assertThat(fixture.get("/metrics").body()).doesNotContain("dp_rank=\"0\"");
    }

    @Test
    void goesWhereTheEventsSayThatThePrefixLies() throws Exception {
        var fixture = fixture("router.mode=kv");
        var engines = List.of(fixture.engine(config(2)), fixture.engine(config(2)), fixture.engine(config(2)));
        fixture.whenReady();
        var prompt = promptTokens(fixture, engines.getFirst());
        var target = engines.get(1);
        var source = own(fixture.ranks().source(target.id()));
        store(source, 1, prompt, 4);
        awaitIndexed(fixture, 4);

        var answer = ask(fixture, PROMPT, "x-nacelle-explain", "1");
        var call = target.take();
        assertThat(call.request().dpRank()).hasValue(1);
        end(call, 4 * BLOCK);
        var headers = answer.get().headers();
        assertThat(headers.firstValue("x-nacelle-worker")).contains(Long.toHexString(target.id()));
        assertThat(headers.firstValue("x-nacelle-rank")).contains("1");
        assertThat(headers.firstValue("x-nacelle-route").orElseThrow())
                .contains("mode=kv", "reason=lowest_cost", "candidates=6", "cached_blocks=4");
    }

    @Test
    void whatWasMissedIsBuiltAnewFromTheMirrorAndWhoLeavesTakesEverythingAlong() throws Exception {
        var fixture = fixture("router.mode=kv");
        var engine = fixture.engine(config(1));
        var other = fixture.engine(config(1));
        fixture.whenReady();
        var prompt = promptTokens(fixture, engine);
        var source = own(fixture.ranks().source(engine.id()));
        var publisher = source.publisher(0);
        source.lose(0, true);
        publisher.stored(new long[] {1, 2}, OptionalLong.empty(), tokens(prompt, 0, 2), BLOCK);
        source.lose(0, false);
        publisher.stored(new long[] {3}, OptionalLong.of(2), tokens(prompt, 2, 1), BLOCK);
        awaitIndexed(fixture, 3);
        assertThat(fixture.frontend().router().page().toString()).contains("rebuilt=1");

        var answer = ask(fixture, PROMPT);
        var call = engine.take();
        assertThat(fixture.metric(ofWorker("active_decode_blocks", engine, "0")))
                .isEqualTo(Math.ceil((double) prompt.length / BLOCK));
        assertThat(fixture.metric(ofWorker("active_prefill_tokens", engine, "0")))
                .isEqualTo(prompt.length - 3 * BLOCK);
        engine.close();
        awaitIndexed(fixture, 0);
        end(call, 0);
        assertThat(answer.get().statusCode()).isEqualTo(200);
        assertThat(fixture.get("/metrics").body())
                .doesNotContain("worker_id=\"%d\"".formatted(engine.id()))
                .contains("worker_id=\"%d\"".formatted(other.id()));
    }

    @Test
    void theRoutersMetricsCountWhatHappened() throws Exception {
        var fixture = fixture("router.mode=kv");
        var engine = fixture.engine(config(1));
        fixture.whenReady();
        var started = sample(fixture, "dynamo_component_router_requests_started_total");
        assertThat(started).isEqualTo(0);
        var prompt = promptTokens(fixture, engine);
        var source = own(fixture.ranks().source(engine.id()));
        store(source, 0, prompt, 4);
        awaitIndexed(fixture, 4);
        var answer = ask(fixture, PROMPT);
        var call = engine.take();
        call.say("abc");
        assertThat(fixture.metric(ofWorker("active_prefill_tokens", engine, "0")))
                .isZero();
        end(call, 2 * BLOCK);
        answer.get();
        assertThat(sample(fixture, "dynamo_component_router_requests_started_total"))
                .isEqualTo(2);
        assertThat(sample(fixture, "dynamo_component_router_requests_total")).isEqualTo(2);
        assertThat(sample(fixture, "dynamo_component_router_kv_hit_rate_count")).isEqualTo(2);
        assertThat(sample(fixture, "dynamo_component_router_kv_hit_rate_sum"))
                .isEqualTo(4 / Math.floor((double) prompt.length / BLOCK));
        assertThat(sample(fixture, "dynamo_component_router_output_sequence_tokens_sum"))
                .isEqualTo(3);
        assertThat(sample(fixture, "dynamo_component_router_inter_token_latency_seconds_count"))
                .isEqualTo(1);
        assertThat(sample(fixture, "dynamo_router_overhead_total_ms_count")).isEqualTo(2);
        assertThat(fixture.get("/metrics").body())
                .containsPattern("router_input_sequence_tokens_count\\{.*phase=\"aggregated\".*} 2")
                .contains("le=\"13.1072\"", "phase=\"aggregated\"", "dynamo_component=\"backend\"")
                .contains("dynamo_router_overhead_block_hashing_ms_bucket{", "_seq_hashing_ms_", "_scheduling_ms_")
                .contains("dynamo_router_overhead_indexer_find_matches_ms_");
        // The first request: 0 predicted, 0 found; the second: 16 of 33 predicted, 8 found.
        assertThat(fixture.metric("nacelle_router_hit_rate_drift{model=\"model\"}"))
                .isBetween(0.005, 0.02);
    }

    @Test
    void callersMayNameWorkerRankAndMode() throws Exception {
        var fixture = fixture();
        var one = fixture.engine(config(1));
        var two = fixture.engine(config(2));
        fixture.whenReady();
        for (int i = 0; i < 3; i++) {
            var answer = ask(fixture, PROMPT, "x-nacelle-worker", Long.toHexString(two.id()), "x-nacelle-rank", "1");
            var call = two.take();
            assertThat(call.request().dpRank()).hasValue(1);
            end(call, 0);
            assertThat(answer.get().statusCode()).isEqualTo(200);
        }
        var byCost = ask(fixture, PROMPT, "x-nacelle-router-mode", "kv", "x-nacelle-explain", "1");
        while (one.isIdle() && two.isIdle()) Thread.onSpinWait();
        end((one.isIdle() ? two : one).take(), 0);
        assertThat(byCost.get().headers().firstValue("x-nacelle-route").orElseThrow())
                .contains("mode=kv");
        assertThat(ask(fixture, PROMPT, "x-nacelle-worker", "ffff").get().statusCode())
                .isEqualTo(503);
        assertThat(ask(fixture, PROMPT, "x-nacelle-worker", "no").get().body())
                .contains("x-nacelle-worker: found 'no', expected a worker's id in hexadecimal");
        assertThat(ask(fixture, PROMPT, "x-nacelle-router-mode", "best").get().statusCode())
                .isEqualTo(400);
        assertThat(ask(fixture, PROMPT, "x-nacelle-router-temperature", "-1")
                        .get()
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void requestsWaitWhileEverybodyIsSaturatedTheMoreUrgentFirst() throws Exception {
        var fixture = fixture("router.mode=kv", "router.saturation=1", "router.queue_length=2");
        var engine = fixture.engine(config(1));
        fixture.whenReady();
        var running = ask(fixture, PROMPT);
        var call = engine.take();
        var patient = ask(fixture, "p" + PROMPT);
        awaitWaiting(fixture, 1);
        var urgent = complete(fixture, completionBody("u" + PROMPT, ",\"priority\":5,\"max_tokens\":3"));
        awaitWaiting(fixture, 2);
        assertThat(ask(fixture, PROMPT).get().statusCode()).isEqualTo(429);
        assertThat(engine.isIdle()).isTrue();
        var never = ask(fixture, "n" + PROMPT, "x-nacelle-queue", "never");
        var unqueued = engine.take();
        assertThat(unqueued.prompt()).startsWith("n");
        end(unqueued, 0);
        never.get();
        end(call, 0);
        var second = engine.take();
        assertThat(second.prompt()).startsWith("u");
        end(second, 0);
        end(engine.take(), 0);
        for (var each : List.of(running, patient, urgent))
            assertThat(each.get().statusCode()).isEqualTo(200);
        awaitWaiting(fixture, 0);
        assertThat(fixture.metric(ofWorker("active_decode_blocks", engine, "0")))
                .isZero();
    }

    @Test
    void whoWaitsTooLongIsTurnedAwayAndWhoLeavesIsForgotten() throws Exception {
        var fixture = fixture("router.mode=kv", "router.saturation=1", "router.queue_timeout=200ms");
        var engine = fixture.engine(config(1));
        fixture.whenReady();
        var running = ask(fixture, PROMPT);
        var call = engine.take();
        var late = ask(fixture, PROMPT).get();
        assertThat(late.statusCode()).isEqualTo(429);
        assertThat(late.headers().firstValue("Retry-After")).isPresent();
        try (var client = fixture.raw()) {
            client.post("/v1/completions", completionBody(PROMPT, ""));
            awaitWaiting(fixture, 1);
        }
        awaitWaiting(fixture, 0);
        end(call, 0);
        running.get();
        assertThat(engine.isIdle()).isTrue();
    }

    @Test
    void whoRefusesIsPassedOver() throws Exception {
        var fixture = fixture("router.mode=kv");
        var one = fixture.engine(config(1));
        var two = fixture.engine(config(1));
        one.refuse(new EngineError.Draining("no more"));
        fixture.whenReady();
        for (int i = 0; i < 4; i++) {
            var answer = ask(fixture, PROMPT);
            end(two.take(), 0);
            assertThat(answer.get().statusCode()).isEqualTo(200);
        }
        assertThat(fixture.metric(ofWorker("active_decode_blocks", one, "0"))).isZero();
        two.refuse(new EngineError.Draining("no more"));
        assertThat(ask(fixture, PROMPT).get().statusCode()).isEqualTo(503);
    }

    @Test
    void aPrefillWorkerComputesThePromptForADecodeWorker() throws Exception {
        var fixture = fixture("router.mode=kv");
        var decode = fixture.engine(config(1), Disaggregation.DECODE);
        var prefill = fixture.engine(config(1), Disaggregation.PREFILL);
        fixture.whenReady();
        var answer = ask(fixture, PROMPT);
        var first = prefill.take();
        assertThat(first.request().stop().maxTokens()).hasValue(1);
        assertThat(fixture.metric("dynamo_frontend_stage_requests{phase=\"prefill\",stage=\"dispatch\"}"))
                .isEqualTo(1);
        first.emit(new Chunk(
                0, TokenIds.NONE, Optional.empty(), List.of(), Optional.empty(), Map.of("at", "7"), Map.of()));
        first.finish(FinishReason.LENGTH, new Usage(33, 0, 8));
        var second = decode.take();
        assertThat(second.request().prefillResult())
                .containsEntry("disaggregated_params", Map.of("at", "7"))
                .containsEntry("prompt_tokens_details", Map.of("cached_tokens", 8));
        assertThat(fixture.metric("dynamo_frontend_stage_requests{phase=\"decode\",stage=\"dispatch\"}"))
                .isEqualTo(1);
        second.say("ok");
        end(second, 0);
        assertThat(answer.get().body()).contains("\"text\":\"ok");
        assertThat(fixture.get("/metrics").body()).contains("worker_type=\"prefill\"");

        var fallback = ask(fixture, PROMPT);
        prefill.take().fail(new EngineError.Unknown("broken"));
        var whole = decode.take();
        assertThat(whole.request().prefillResult()).isEmpty();
        end(whole, 0);
        assertThat(fallback.get().statusCode()).isEqualTo(200);

        prefill.close();
        var without = ask(fixture, PROMPT);
        end(decode.take(), 0);
        assertThat(without.get().statusCode()).isEqualTo(200);
    }

    @Test
    void predictionsDoWithoutEvents() throws Exception {
        var fixture = fixture("router.mode=kv_approx");
        var one = fixture.engine(config(1));
        var two = fixture.engine(config(1));
        fixture.whenReady();
        var first = ask(fixture, PROMPT);
        while (one.isIdle() && two.isIdle()) Thread.onSpinWait();
        var chosen = one.isIdle() ? two : one;
        end(chosen.take(), 0);
        first.get();
        for (int i = 0; i < 3; i++) {
            var next = ask(fixture, PROMPT + i + " more", "x-nacelle-explain", "1");
            end(chosen.take(), 0);
            assertThat(next.get().headers().firstValue("x-nacelle-route").orElseThrow())
                    .contains("cached_blocks=8");
        }
    }

    private FrontendFixture fixture(String... settings) throws Exception {
        return own(new FrontendFixture(settings));
    }

    private <T extends AutoCloseable> T own(T part) {
        owned.add(part);
        return part;
    }
}
