package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static dev.nacelle.frontend.Routed.PROMPT;
import static dev.nacelle.frontend.Routed.ask;
import static dev.nacelle.frontend.Routed.awaitIndexed;
import static dev.nacelle.frontend.Routed.config;
import static dev.nacelle.frontend.Routed.end;
import static dev.nacelle.frontend.Routed.ofWorker;
import static dev.nacelle.frontend.Routed.promptTokens;
import static dev.nacelle.frontend.Routed.store;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.spi.Disaggregation;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a caller may say of where a request goes, and what becomes of one that ends early. */
@Timeout(30)
class RouteHintsTest {
    private final FrontendFixture fixture;

    RouteHintsTest() throws Exception {
        fixture = new FrontendFixture("router.mode=kv");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aSessionStaysWhereItIsAsLongAsThatCostsNoMore() throws Exception {
        var engines =
                IntStream.range(0, 4).mapToObj(_ -> fixture.engine(config(1))).toList();
        fixture.whenReady();
        var first = ask(fixture, "0", "x-nacelle-session", "anna", "x-nacelle-explain", "1");
        var chosen = busy(engines);
        end(chosen.take(), 0);
        assertThat(route(first.get())).contains("reason=lowest_cost");
        for (int i = 1; i < 9; i++) {
            var next = ask(fixture, Integer.toString(i), "x-nacelle-session", "anna", "x-nacelle-explain", "1");
            end(chosen.take(), 0);
            assertThat(route(next.get())).contains("reason=session");
        }
    }

    @Test
    void aRequestMayBringItsOwnWeightAndTemperature() throws Exception {
        var engines = List.of(fixture.engine(config(1)), fixture.engine(config(1)));
        fixture.whenReady();
        var holder = engines.getFirst();
        try (var source = fixture.ranks().source(holder.id())) {
            store(source, 0, promptTokens(fixture, holder), 8);
            awaitIndexed(fixture, 8);
            var running = ask(fixture, PROMPT);
            var call = holder.take();
            var again = ask(fixture, PROMPT);
            end(holder.take(), 0);
            assertThat(again.get().statusCode()).isEqualTo(200);
            var elsewhere = ask(fixture, PROMPT, "x-nacelle-overlap-weight", "0", "x-nacelle-explain", "1");
            end(engines.getLast().take(), 0);
            assertThat(route(elsewhere.get())).contains("cost=0.0", "cached_blocks=0");
            end(call, 0);
            running.get();
            var sampled = ask(fixture, PROMPT, "x-nacelle-router-temperature", "5", "x-nacelle-explain", "1");
            end(busy(engines).take(), 0);
            assertThat(route(sampled.get())).contains("reason=sampled");
        }
    }

    @Test
    void aClientThatLeavesTakesItsWorkOffItsRank() throws Exception {
        var engine = fixture.engine(config(1));
        fixture.whenReady();
        DrivenEngine.Call call;
        try (var client = fixture.raw()) {
            client.post("/v1/completions", completionBody(PROMPT, ",\"stream\":true"));
            call = engine.take();
            assertThat(fixture.metric(ofWorker("active_prefill_tokens", engine, "0")))
                    .isPositive();
        }
        assertThat(call.cancelled().get()).isEqualTo(CancelCause.CLIENT_GONE);
        fixture.awaitMetric(ofWorker("active_prefill_tokens", engine, "0"), 0);
        fixture.awaitMetric(ofWorker("active_decode_blocks", engine, "0"), 0);
    }

    @Test
    void nothingIsPrefilledWhenNobodyCouldDecodeIt() throws Exception {
        var decode = fixture.engine(config(1), Disaggregation.DECODE);
        var prefill = fixture.engine(config(1), Disaggregation.PREFILL);
        fixture.whenReady();
        decode.ready(false);
        assertThat(ask(fixture, PROMPT).get().statusCode()).isEqualTo(503);
        assertThat(prefill.isIdle()).isTrue();
    }

    /** The engine that got a request. */
    private static DrivenEngine busy(List<DrivenEngine> engines) {
        while (true) for (var engine : engines) if (!engine.isIdle()) return engine;
    }

    private static String route(HttpResponse<String> response) {
        return response.headers().firstValue("x-nacelle-route").orElseThrow();
    }
}
