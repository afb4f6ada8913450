package dev.nacelle.examples.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.HealthReporter;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.WorkerSpec;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.metrics.Counter;
import dev.nacelle.spi.metrics.EngineMetrics;
import dev.nacelle.spi.metrics.ExpfmtCallback;
import dev.nacelle.spi.metrics.ExpfmtOptions;
import dev.nacelle.spi.metrics.Gauge;
import dev.nacelle.spi.metrics.Histogram;
import dev.nacelle.spi.metrics.Label;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.request.Embedding;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.Task;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EchoEngineTest {
    private static final int UNREAD = 64;
    private LLMEngine engine = new EchoEngine(EchoOptions.DEFAULT);

    @AfterEach
    void stop() throws Exception {
        engine.cleanup();
    }

    @Test
    void isFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(EngineProvider.class)).hasOnlyElementsOfType(EchoProvider.class);
    }

    @Test
    void repeatsThePromptInACircleUpToMaxTokens() throws Exception {
        start(EchoOptions.DEFAULT);
        var exchange = ask(request(StopConditions.maxTokens(7), 1, 2, 3)).end();
        assertThat(exchange.tokens).containsExactly(1, 2, 3, 1, 2, 3, 1);
        assertThat(exchange.reason).isEqualTo(FinishReason.LENGTH);
        assertThat(exchange.usage).isEqualTo(new Usage(3, 7));
    }

    @Test
    void embedsATextAsItsTokensCounts() throws Exception {
        start(EchoOptions.DEFAULT);
        var one = embed(1, 2, 3).embedding;
        assertThat(one.size()).isEqualTo(64);
        assertThat(embed(3, 1, 2).embedding).isEqualTo(one);
        assertThat(similarity(one, one)).isCloseTo(1, within(1e-6));
        assertThat(similarity(one, embed(1, 2, 4).embedding)).isBetween(0.5, 0.9);
        var exchange = embed(7);
        assertThat(exchange.tokens).isEmpty();
        assertThat(exchange.usage).isEqualTo(new Usage(1, 0));
    }

    private Exchange embed(int... prompt) throws Exception {
        return ask(GenerateRequest.embed("echo", new Prompt.Tokens(prompt))).end();
    }

    private static double similarity(Embedding one, Embedding other) {
        double sum = 0;
        for (int i = 0; i < one.size(); i++) sum += one.at(i) * other.at(i);
        return sum;
    }

    @Test
    void stopsBeforeAStopTokenOnceMinTokensAreOut() throws Exception {
        start(EchoOptions.DEFAULT);
        var stop = new StopConditions(OptionalInt.of(100), 5, TokenIds.of(3), List.of(), false);
        var exchange = ask(request(stop, 1, 2, 3)).end();
        assertThat(exchange.tokens).containsExactly(1, 2, 3, 1, 2);
        assertThat(exchange.reason).isEqualTo(FinishReason.STOP);
    }

    @Test
    void endsAtTheByteTokenizersEndOfTextUnlessToldToIgnoreIt() throws Exception {
        start(EchoOptions.DEFAULT);
        assertThat(ask(request(StopConditions.maxTokens(5), 'a', 257)).end().tokens)
                .containsExactly((int) 'a');
        var ignoring = new StopConditions(OptionalInt.of(5), 0, TokenIds.NONE, List.of(), true);
        assertThat(ask(request(ignoring, 'a', 257)).end().tokens).hasSize(5);
    }

    @Test
    void refusesWhatExceedsTheContextAndNamesBothNumbers() {
        start(new EchoOptions(0, 10, 1, Optional.empty()));
        assertThat(failure(ask(request(StopConditions.maxTokens(8), 1, 2, 3))))
                .isInstanceOfSatisfying(
                        EngineError.InvalidArgument.class,
                        error -> assertThat(error.message()).contains("3 tokens", "max_tokens 8", "10"));
    }

    @Test
    void refusesOneStreamMoreThanItHasSlotsAndARankItDoesNotServe() throws Exception {
        start(new EchoOptions(0, 100, 1, Optional.empty()));
        var first = new Exchange(engine, request(StopConditions.maxTokens(9), 1), 1);
        awaitTokens(first, 1);
        assertThat(failure(ask(request(StopConditions.maxTokens(9), 1)))).isInstanceOf(EngineError.Overloaded.class);
        assertThat(failure(ask(onRank(7)))).isInstanceOf(EngineError.InvalidArgument.class);
        first.capacity = UNREAD;
        first.end();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1000})
    void whoeverHasItsAnswerMayAskAgainAtOnce(double rate) throws Exception {
        start(new EchoOptions(rate, 100, 1, Optional.empty()));
        var first = new Exchange(engine, request(StopConditions.maxTokens(3), 1), 0);
        var next = new CompletableFuture<Exchange>();
        first.atEnd = () -> next.complete(ask(request(StopConditions.maxTokens(3), 2)));
        first.capacity = UNREAD;
        first.end();
        assertThat(next.get().end().tokens).containsExactly(2, 2, 2);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1000})
    void aSlowReaderHoldsNobodyUpAndIsServedWhenItReadsOn(double rate) throws Exception {
        start(EchoOptions.DEFAULT.withRate(rate));
        var slow = new Exchange(engine, request(StopConditions.maxTokens(10), 4), 3);
        awaitTokens(slow, 3);
        assertThat(ask(request(StopConditions.maxTokens(50), 5)).end().tokens).hasSize(50);
        assertThat(slow.tokens).hasSize(3);
        slow.capacity = UNREAD;
        assertThat(slow.end().tokens).hasSize(10);
    }

    @Test
    void cancellationEndsAStreamBetweenTwoSlowSteps() throws Exception {
        start(EchoOptions.DEFAULT.withRate(0.001));
        var exchange = ask(request(StopConditions.maxTokens(10), 1));
        awaitTokens(exchange, 1);
        exchange.cancel();
        assertThat(exchange.end().reason).isEqualTo(FinishReason.CANCELLED);
        assertThat(exchange.usage).isEqualTo(new Usage(1, 1));
    }

    @Test
    void cancellationEndsAStreamThatNobodyReads() throws Exception {
        start(EchoOptions.DEFAULT);
        var exchange = new Exchange(engine, request(StopConditions.maxTokens(10), 1), 0);
        exchange.cancel();
        assertThat(exchange.end().reason).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void cleanupEndsRunningStreamsWithATypedErrorAndIsSafeAtAnyTime() throws Exception {
        engine.cleanup();
        start(EchoOptions.DEFAULT.withRate(0.001));
        var exchange = ask(request(StopConditions.maxTokens(10), 1));
        awaitTokens(exchange, 1);
        engine.cleanup();
        engine.cleanup();
        assertThat(failure(exchange)).isInstanceOf(EngineError.EngineShutdown.class);
        assertThat(failure(ask(onRank(0)))).isInstanceOf(EngineError.EngineShutdown.class);
    }

    @Test
    void cleanupEndsAStreamThatIsReadAsFastAsItComes() throws Exception {
        start(new EchoOptions(0, 1 << 30, 1, Optional.empty()));
        var exchange = new Exchange(engine, request(StopConditions.maxTokens(1 << 29), 1), 1);
        awaitTokens(exchange, 1);
        engine.cleanup();
        exchange.capacity = Integer.MAX_VALUE;
        assertThat(failure(exchange)).isInstanceOf(EngineError.EngineShutdown.class);
    }

    @Test
    void publishesTheStreamsInUseOfEachRank() throws Exception {
        start(new EchoOptions(0, 100, 8, Optional.empty()), 2);
        record Published(int rank, ComponentSnapshot snapshot) {}
        BlockingQueue<Published> published = new LinkedBlockingQueue<>();
        var bindings = engine.setupMetrics(new MetricsContext("echo", "backend", Duration.ZERO, new NoMetrics()));
        assertThat(bindings.dpRanks()).containsExactly(3, 4);
        bindings.onPublisherReady().accept((rank, snapshot) -> published.add(new Published(rank, snapshot)));
        assertThat(published.poll(20, TimeUnit.SECONDS)).isEqualTo(new Published(3, new ComponentSnapshot(0, 8)));
        assertThat(published.poll(20, TimeUnit.SECONDS)).isEqualTo(new Published(4, new ComponentSnapshot(0, 8)));
        var exchange = new Exchange(engine, onRank(4), 1);
        assertThat(published.poll(20, TimeUnit.SECONDS)).isEqualTo(new Published(4, new ComponentSnapshot(1, 8)));
        exchange.capacity = UNREAD;
        exchange.end();
        assertThat(published.poll(20, TimeUnit.SECONDS)).isEqualTo(new Published(4, new ComponentSnapshot(0, 8)));
    }

    @Test
    void itsProbeIsMarkedAndAnsweredWithOneToken() throws Exception {
        start(EchoOptions.DEFAULT);
        var probe = engine.healthCheckRequest().orElseThrow();
        assertThat(probe.healthCheck()).isTrue();
        assertThat(ask(probe).end().tokens).hasSize(1);
    }

    @Test
    void optionsSayWhatWasExpected() {
        assertThatThrownBy(() -> EchoOptions.DEFAULT.withRate(Double.NaN))
                .hasMessage("rate NaN, expected 0 or more steps a second");
    }

    private void start(EchoOptions options) {
        start(options, 1);
    }

    private void start(EchoOptions options, int ranks) {
        engine = new EchoProvider().create(options);
        var worker = new WorkerSpec(
                "dynamo",
                "backend",
                "generate",
                Optional.empty(),
                Optional.empty(),
                ranks,
                ranks == 1 ? 0 : 3,
                Disaggregation.AGGREGATED);
        try {
            assertThat(engine.start(new Start(worker)).model()).isEqualTo("echo");
        } catch (EngineException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Exchange ask(GenerateRequest request) {
        return new Exchange(engine, request, UNREAD);
    }

    private static GenerateRequest request(StopConditions stop, int... prompt) {
        return request(stop, OptionalInt.empty(), prompt);
    }

    private static GenerateRequest onRank(int rank) {
        return request(StopConditions.maxTokens(2), OptionalInt.of(rank), 1);
    }

    private static GenerateRequest request(StopConditions stop, OptionalInt rank, int... prompt) {
        return new GenerateRequest(
                "echo",
                Task.GENERATE,
                new Prompt.Tokens(prompt),
                SamplingOptions.DEFAULT,
                stop,
                OutputOptions.DEFAULT,
                rank,
                Map.of(),
                false,
                OptionalInt.empty(),
                Optional.empty(),
                Map.of());
    }

    private static void awaitTokens(Exchange exchange, int count) {
        while (exchange.tokens.size() < count && exchange.isRunning()) Thread.onSpinWait();
        assertThat(exchange.tokens).hasSize(count);
    }

    private static EngineError failure(Exchange exchange) {
        try {
            exchange.end();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EngineException failed) return failed.error();
            throw new AssertionError(e);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("ended as " + exchange.reason + ", expected a typed error");
    }

    private record Start(WorkerSpec worker) implements StartContext {
        @Override
        public long workerId() {
            return 1;
        }

        @Override
        public void progress(double fraction, String message) {}

        @Override
        public HealthReporter health() {
            throw new UnsupportedOperationException("echo does not report");
        }
    }

    /** Echo makes no instruments. */
    private static final class NoMetrics implements EngineMetrics {
        @Override
        public Map<String, String> autoLabels() {
            return Map.of();
        }

        @Override
        public Gauge gauge(String name, String help, Label... labels) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public Counter counter(String name, String help, Label... labels) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public Histogram histogram(String name, String help, double[] upperBounds, Label... labels) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public void addExpfmtCallback(ExpfmtCallback callback, ExpfmtOptions options) {
            throw new UnsupportedOperationException();
        }
    }
}
