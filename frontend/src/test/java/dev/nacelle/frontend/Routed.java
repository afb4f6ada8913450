package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.kv.LocalRankFeed;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.Usage;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** A prompt, engines for it, and what tests of routing ask and look at. */
final class Routed {
    static final int BLOCK = 4;
    /** 32 bytes, and as many tokens: eight blocks, with the begin token before them. */
    static final String PROMPT = "it is a truth universally acknow";

    private Routed() {}

    static EngineConfig config(int ranks) {
        return EngineConfig.of(
                "model",
                new Registration(
                        OptionalInt.of(1000),
                        OptionalInt.of(BLOCK),
                        OptionalLong.of(1000),
                        OptionalInt.empty(),
                        OptionalInt.of(32),
                        OptionalInt.of(ranks),
                        OptionalInt.of(0)));
    }

    static CompletableFuture<HttpResponse<String>> ask(FrontendFixture fixture, String prompt, String... headers) {
        var request = fixture.request("/v1/completions").header("Content-Type", "application/json");
        for (int i = 0; i < headers.length; i += 2) request.header(headers[i], headers[i + 1]);
        var body = completionBody(prompt, ",\"max_tokens\":3");
        return fixture.client()
                .sendAsync(request.POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    static CompletableFuture<HttpResponse<String>> complete(FrontendFixture fixture, String body) {
        return fixture.client().sendAsync(fixture.post("/v1/completions", body), BodyHandlers.ofString());
    }

    static void end(DrivenEngine.Call call, int cached) {
        call.finish(FinishReason.STOP, new Usage(PROMPT.length() + 1, 3, cached));
    }

    /** The tokens that the prompt becomes. */
    static int[] promptTokens(FrontendFixture fixture, DrivenEngine engine) throws Exception {
        var answer = ask(fixture, PROMPT, "x-nacelle-worker", Long.toHexString(engine.id()));
        var call = engine.take();
        var tokens = call.request().tokenIds().toArray();
        call.finish(FinishReason.STOP, new Usage(tokens.length, 0, 0));
        answer.get();
        assertThat(tokens.length).isGreaterThanOrEqualTo(PROMPT.getBytes(StandardCharsets.UTF_8).length);
        return tokens;
    }

    static TokenIds tokens(int[] prompt, int from, int blocks) {
        return TokenIds.of(IntStream.range(from * BLOCK, (from + blocks) * BLOCK)
                .map(i -> prompt[i])
                .toArray());
    }

    static void store(LocalRankFeed.Source source, int rank, int[] prompt, int blocks) {
        var hashes = IntStream.range(0, blocks).mapToLong(i -> 100 + i).toArray();
        source.publisher(rank).stored(hashes, OptionalLong.empty(), tokens(prompt, 0, blocks), BLOCK);
    }

    static void awaitIndexed(FrontendFixture fixture, int held) {
        while (!fixture.frontend().router().page().toString().contains("held=" + held)) Thread.onSpinWait();
    }

    static void awaitWaiting(FrontendFixture fixture, int waiting) throws Exception {
        fixture.awaitMetric("dynamo_frontend_router_queue_pending_requests{worker_type=\"decode\"}", waiting);
    }

    static String ofWorker(String family, DrivenEngine engine, String rank) {
        return "dynamo_frontend_worker_%s{dp_rank=\"%s\",worker_id=\"%d\",worker_type=\"decode\"}"
                .formatted(family, rank, engine.id());
    }

    /** The only sample of that name. */
    static double sample(FrontendFixture fixture, String name) throws Exception {
        var lines = fixture.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{"))
                .toList();
        assertThat(lines).hasSize(1);
        return Double.parseDouble(lines.getFirst().substring(lines.getFirst().lastIndexOf(' ') + 1));
    }
}
