package dev.nacelle.spi.conformance;

import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.HealthReporter;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.WorkerSpec;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.Task;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A started engine, and what its plain requests were answered. */
final class Session {
    /** Opaque; large, as a cluster's are. */
    static final long WORKER_ID = 0x5ca1_ab1e_0000_0001L;

    private static final int MOST_UNKNOWN_CONTEXT = 4096;

    private final Bench bench;
    private final LLMEngine engine;
    private final EngineConfig config;
    private final MetricsProbe metrics;
    private int requests;
    private int usages;
    private Optional<GenerateRequest> healthCheck = Optional.empty();
    private Optional<String> stuck = Optional.empty();
    private List<Answer> alone = List.of();
    private boolean repeatable;
    private boolean resumes;

    /** A stream that has ended, or will not. */
    record Asked(Answer answer, Exchange.Ending ending) {
        /** Null when the request was answered. */
        @Nullable
        String trouble() {
            return ending.trouble();
        }
    }

    private Session(Bench bench, LLMEngine engine, EngineConfig config) {
        this.bench = bench;
        this.engine = engine;
        this.config = config;
        this.metrics = new MetricsProbe(bench, engine, config);
    }

    /** Starts an engine; empty when it does not start, which has then been reported and cleaned up. */
    static Optional<Session> start(Bench bench) throws InterruptedException {
        var created = bench.create();
        if (created.isEmpty()) return Optional.empty();
        var engine = created.get();
        Calls.Called<Optional<EngineConfig>> called = bench.calls()
                .within(
                        bench.limits().start(),
                        () -> Optional.<EngineConfig>ofNullable(engine.start(new Start(bench.worker()))));
        return switch (called) {
            case Calls.Returned<Optional<EngineConfig>>(Optional<EngineConfig> config) -> {
                if (config.isPresent()) yield Optional.of(started(bench, engine, config.get()));
                bench.findings().failed(Rule.START, "returned null");
                LifeChecks.cleanUpAfterFailedStart(bench, engine, "start returned null");
                yield Optional.empty();
            }
            case Calls.Threw<?>(Throwable thrown) -> {
                bench.findings().failed(Rule.START, "threw " + Calls.text(thrown));
                LifeChecks.cleanUpAfterFailedStart(bench, engine, "start threw " + Calls.text(thrown));
                yield Optional.empty();
            }
            case Calls.Hangs<?>(String where) -> { // no cleanup: it must never run beside start
                bench.findings().failed(Rule.START, where);
                yield Optional.empty();
            }
        };
    }

    private static Session started(Bench bench, LLMEngine engine, EngineConfig config) {
        bench.findings().passed(Rule.START, "%s %s".formatted(config.runtime(), config.version()));
        if (config.model().isBlank())
            bench.findings().failed(Rule.MODEL_NOT_EMPTY, "model is \"%s\"".formatted(config.model()));
        else bench.findings().passed(Rule.MODEL_NOT_EMPTY, "model \"%s\"".formatted(config.model()));
        return new Session(bench, engine, config);
    }

    Bench bench() {
        return bench;
    }

    Findings findings() {
        return bench.findings();
    }

    LLMEngine engine() {
        return engine;
    }

    EngineConfig config() {
        return config;
    }

    MetricsProbe metrics() {
        return metrics;
    }

    /** What the engine offers to be asked when idle. */
    Optional<GenerateRequest> healthCheck() {
        return healthCheck;
    }

    void offersHealthCheck(Optional<GenerateRequest> request) {
        healthCheck = request;
    }

    int requests() {
        return requests;
    }

    int usages() {
        return usages;
    }

    /** Why no more requests can be sent: one of them never came back. */
    Optional<String> stuck() {
        return stuck;
    }

    /** The answers to {@link #plain} requests sent one after the other, by number. */
    List<Answer> alone() {
        return alone;
    }

    /** Whether the same request was answered the same again. */
    boolean repeatable() {
        return repeatable;
    }

    void answeredAlone(List<Answer> answers, boolean sameAgain) {
        alone = answers;
        repeatable = sameAgain;
    }

    /** Whether a stream that was held back goes on when it is read. */
    boolean resumes() {
        return resumes;
    }

    void heldBackAndResumed() {
        resumes = true;
    }

    /** Whether {@code answer} is what plain request {@code turn} should give, as far as can be told. */
    boolean isOwn(int turn, Answer answer) {
        return !repeatable
                || findings().hasFailed(Rule.INTERLEAVED)
                || answer.output().equals(alone.get(turn).output());
    }

    /** A greedy request of few tokens; {@code turn} tells its prompt apart. */
    GenerateRequest plain(int turn) {
        return plain(turn, 8);
    }

    GenerateRequest plain(int turn, int maxTokens) {
        return request(turn, new StopConditions(OptionalInt.of(within(maxTokens)), 0, TokenIds.NONE, List.of(), false));
    }

    /** A request that goes on for as long as the engine can. */
    GenerateRequest endless() {
        // All that the context has room for: a fast engine makes some thousand tokens before it hears of its reader.
        boolean known = config.registration().contextLength().isPresent();
        var most = OptionalInt.of(within(known ? Integer.MAX_VALUE : MOST_UNKNOWN_CONTEXT));
        return request(0, new StopConditions(most, 0, TokenIds.NONE, List.of(), true));
    }

    GenerateRequest request(int turn, StopConditions stop) {
        return request(turn, stop, SamplingOptions.greedy(), OutputOptions.DEFAULT);
    }

    GenerateRequest request(int turn, StopConditions stop, SamplingOptions sampling, OutputOptions output) {
        return new GenerateRequest(
                config.modelName(),
                Task.GENERATE,
                bench.prompts().of(config.input(), turn),
                sampling,
                stop,
                output,
                OptionalInt.empty(),
                Map.of(),
                false,
                OptionalInt.empty(),
                Optional.empty(),
                Map.of());
    }

    /** A request that is not running yet. */
    Exchange exchange(GenerateRequest request, Reader reader) {
        return new Exchange(engine, request, "conformance-" + ++requests, reader, bench);
    }

    Exchange begin(GenerateRequest request, int capacity) {
        return exchange(request, new Reader(capacity, false)).begin();
    }

    Asked ask(GenerateRequest request) throws InterruptedException {
        return end(begin(request, Reader.UNBOUNDED));
    }

    /** Waits for an uncancelled request's end; one that does not end is cancelled. */
    Asked end(Exchange exchange) throws InterruptedException {
        var ending = exchange.ending();
        var answer = exchange.reader().answer();
        if (ending instanceof Exchange.Ending.Hangs) giveUp(exchange);
        if (ending instanceof Exchange.Ending.Finished(FinishReason reason) && reason != FinishReason.CANCELLED) {
            exchange.reader().usage().ifPresent(usage -> judge(usage, exchange, answer));
            judge(answer, exchange);
        }
        return new Asked(answer, ending);
    }

    /** Ends a request by all means; when none works, the session is stuck. */
    void giveUp(Exchange exchange) throws InterruptedException {
        exchange.reader().readOn();
        if (!exchange.isCancelled()) exchange.cancel();
        if (!exchange.awaitEnd(bench.limits().cancel()))
            stuck = Optional.of("request %s still runs, %s".formatted(exchange.id(), exchange.where()));
    }

    private void judge(Usage usage, Exchange exchange, Answer answer) {
        usages++;
        if (config.input() == ModelInput.TEXT) return; // its tokens are its own
        int prompt = exchange.request().prompt() instanceof Prompt.Tokens(TokenIds ids) ? ids.size() : 0;
        if (usage.promptTokens() != prompt || usage.completionTokens() != answer.tokens())
            findings()
                    .failed(
                            Rule.USAGE,
                            "request %s: %d prompt and %d completion tokens, expected %d and %d"
                                    .formatted(
                                            exchange.id(),
                                            usage.promptTokens(),
                                            usage.completionTokens(),
                                            prompt,
                                            answer.tokens()));
    }

    private void judge(Answer answer, Exchange exchange) {
        boolean textEngine = config.input() == ModelInput.TEXT;
        if (answer.text() && !textEngine)
            findings().failed(Rule.ITEMS_FIT_INPUT, "request %s: text from a token engine".formatted(exchange.id()));
        if (textEngine && !answer.text() && answer.tokens() > 0)
            findings().failed(Rule.ITEMS_FIT_INPUT, "request %s: no text from a text engine".formatted(exchange.id()));
    }

    /** No more tokens than the context has room for after a prompt. */
    private int within(int maxTokens) {
        int context = config.registration().contextLength().orElse(Integer.MAX_VALUE);
        return Math.clamp(context - bench.prompts().tokens().size(), 1, maxTokens);
    }

    /** What a healthy start is told. */
    private record Start(WorkerSpec worker) implements StartContext, HealthReporter {
        @Override
        public long workerId() {
            return WORKER_ID;
        }

        @Override
        public void progress(double fraction, String message) {}

        @Override
        public HealthReporter health() {
            return this;
        }

        @Override
        public void ready() {}

        @Override
        public void degraded(String message) {}

        @Override
        public void down(String message) {}
    }
}
