package dev.nacelle.spi.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.spi.Capability;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.Endpoint;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.WorkerSpec;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.TokenIds;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Execution(ExecutionMode.CONCURRENT)
class ConformanceTest {
    private static final Limits SHORT = new Limits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        over.countDown();
    }

    @Test
    void anEngineThatKeepsTheContractPassesEveryRule() throws Exception {
        var report = Conformance.of(CorrectEngine::new).check();
        assertThat(report.results()).extracting(Result::rule).containsExactly(Rule.values());
        assertThat(report.results().stream().filter(r -> r.outcome() != Outcome.PASSED))
                .as(report.table())
                .isEmpty();
    }

    @Test
    void theEngineIsAskedForItsHealthCheckBeforeItIsToldThatItIsReadyAndBeforeAnyRequest() throws Exception {
        var calls = new CopyOnWriteArrayList<String>();
        assertThat(Conformance.of(() -> new Listed(calls)).check().passed()).isTrue();
        assertThat(calls.subList(0, 3)).containsExactly("healthCheckRequest", "onEndpointReady", "generate");
    }

    @ParameterizedTest(name = "an engine that breaks {0} fails by that name alone")
    @EnumSource
    void anEngineThatBreaksOneRuleFailsByThatNameAlone(Rule rule) throws Exception {
        var kit = Conformance.of(BrokenEngines.breaking(rule, over));
        var report = (BrokenEngines.waitsForALimit(rule) ? kit.withLimits(SHORT) : kit).check();
        assertThat(report.failures())
                .extracting(Result::rule)
                .as(report.table())
                .containsExactly(rule);
        assertThat(report.passed()).isFalse();
    }

    @Test
    void anEngineThatGivesEmbeddingsAloneIsAskedForNothingElse() throws Exception {
        var report = Conformance.of(() -> new CorrectEngine() {
                    @Override
                    EngineConfig config() {
                        return EngineConfig.of("vectors").withCapabilities(Capability.EMBEDDINGS_ONLY);
                    }

                    @Override
                    public Optional<GenerateRequest> healthCheckRequest() {
                        return Optional.of(GenerateRequest.embed("vectors", new Prompt.Tokens(1))
                                .asHealthCheck());
                    }

                    @Override
                    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
                            throws EngineException, InterruptedException {
                        if (!request.isEmbedding()) throw EngineException.invalid("no text");
                        super.generate(request, context, sink);
                    }
                })
                .check();
        assertThat(report.failures()).as(report.table()).isEmpty();
        assertThat(seen(report, Rule.EMBEDDINGS)).isEqualTo("3 of length 2");
        assertThat(seen(report, Rule.HEALTH_CHECK)).contains("answered");
        assertThat(seen(report, Rule.GENERATE)).isEqualTo("declares embeddings alone");
    }

    @Test
    void aTextEngineIsAskedInText() throws Exception {
        var report = Conformance.of(TextEngine::new).check();
        assertThat(report.failures()).as(report.table()).isEmpty();
        assertThat(seen(report, Rule.INTERLEAVED)).contains("each as when alone");
    }

    @Test
    void anEngineThatNeverRepeatsItselfIsNotComparedWithItself() throws Exception {
        var draws = new AtomicInteger();
        var report = Conformance.of(() -> new CorrectEngine() {
                    @Override
                    int next(TokenIds prompt, int i) {
                        return draws.incrementAndGet();
                    }
                })
                .check();
        assertThat(report.failures()).as(report.table()).isEmpty();
        assertThat(seen(report, Rule.INTERLEAVED)).contains("tokens not compared");
        assertThat(seen(report, Rule.STOP_TOKEN_IDS)).contains("does not repeat");
    }

    @Test
    void anEngineWithoutBackPressureOrOptionalPartsPasses() throws Exception {
        var report = Conformance.of(SmallestEngine::new).check();
        assertThat(report.failures()).as(report.table()).isEmpty();
        assertThat(seen(report, Rule.SLOW_READER_RESUMES)).contains("allowed");
        assertThat(seen(report, Rule.USAGE)).contains("optional");
    }

    @Test
    void anEngineThatRunsTwoRequestsAtATimePasses() throws Exception {
        var slots = new Semaphore(2);
        var report = Conformance.of(() -> new CorrectEngine() {
                    @Override
                    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
                            throws EngineException, InterruptedException {
                        slots.acquire();
                        try {
                            super.generate(request, context, sink);
                        } finally {
                            slots.release();
                        }
                    }
                })
                .check();
        assertThat(report.failures()).as(report.table()).isEmpty();
    }

    @Test
    void onlyTheRulesAskedForAreReported() throws Exception {
        var report = Conformance.of(CorrectEngine::new)
                .only("model-not-empty", "cancel-in-time")
                .check();
        assertThat(report.results())
                .extracting(Result::rule)
                .containsExactly(Rule.MODEL_NOT_EMPTY, Rule.CANCEL_IN_TIME);
        assertThat(report.summary()).isEqualTo("2 passed, 0 failed, 0 skipped");
    }

    @Test
    void rulesOfAnUnstartedEngineNeedNoStart() throws Exception {
        var report = Conformance.of(() -> new CorrectEngine() {
                    @Override
                    public EngineConfig start(StartContext context) {
                        throw new AssertionError("started");
                    }
                })
                .only("create", "cleanup-never-started")
                .check();
        assertThat(report.passed()).as(report.table()).isTrue();
    }

    @Test
    void aNameThatNoRuleHasIsRefusedWithThoseThereAre() {
        assertThatThrownBy(() -> Conformance.of(CorrectEngine::new).only("one-end"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'one-end'", "one-terminal");
    }

    @Test
    void theWorkerAndThePromptAreWhatTheCallerSays() throws Exception {
        var worker = new WorkerSpec(
                "dynamo",
                "decoder",
                "generate",
                Optional.empty(),
                Optional.of("mine"),
                1,
                0,
                Disaggregation.AGGREGATED);
        var prompts = ConcurrentHashMap.<TokenIds>newKeySet();
        var report = Conformance.of(() -> new CorrectEngine() {
                    @Override
                    public EngineConfig start(StartContext context) throws EngineException, InterruptedException {
                        assertThat(context.worker().component()).isEqualTo("decoder");
                        return super.start(context);
                    }

                    @Override
                    void checkLength(TokenIds prompt) {
                        prompts.add(prompt);
                    }
                })
                .withWorker(worker)
                .withPrompt(7, 8, 9)
                .withAnswerLimit(Duration.ofSeconds(20))
                .withStartLimit(Duration.ofSeconds(20))
                .only("generate")
                .check();
        assertThat(report.passed()).as(report.table()).isTrue();
        assertThat(prompts).containsOnly(TokenIds.of(7, 8, 9), TokenIds.of(8, 9, 7), TokenIds.of(9, 7, 8));
    }

    @Test
    void anInterruptedCheckCleansItsEngineUp() throws Exception {
        var entered = new CountDownLatch(1);
        var cleaned = new CountDownLatch(1);
        var kit = Conformance.of(() -> new CorrectEngine() {
                    @Override
                    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
                            throws InterruptedException {
                        entered.countDown();
                        over.await();
                    }

                    @Override
                    public void cleanup() {
                        if (started) cleaned.countDown();
                    }
                })
                .only("generate");
        var outcome = new FutureTask<>(kit::check);
        var thread = Thread.ofPlatform().start(outcome);
        entered.await();
        thread.interrupt();
        assertThatThrownBy(outcome::get).hasCauseInstanceOf(InterruptedException.class);
        assertThat(cleaned.getCount()).isZero();
    }

    private static String seen(Report report, Rule rule) {
        return report.results().stream()
                .filter(result -> result.rule() == rule)
                .findFirst()
                .orElseThrow()
                .seen();
    }

    /** Only what must be implemented; its streams are never held back. */
    private static final class SmallestEngine implements LLMEngine {
        @Override
        public EngineConfig start(StartContext context) {
            return EngineConfig.of("smallest");
        }

        @Override
        public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink) {
            var stop = request.stop();
            int token = request.tokenIds().at(0);
            var reason = FinishReason.LENGTH;
            for (int i = 0; i < stop.maxTokens().orElse(16) && !context.isCancelled(); i++) {
                if (stop.endsAt(token, i)) {
                    reason = FinishReason.STOP;
                    break;
                }
                sink.token(token);
            }
            sink.finish(context.isCancelled() ? FinishReason.CANCELLED : reason);
        }

        @Override
        public void cleanup() {}
    }

    /** Writes down what is called. */
    private static final class Listed extends CorrectEngine {
        private final List<String> calls;

        Listed(List<String> calls) {
            this.calls = calls;
        }

        @Override
        public Optional<GenerateRequest> healthCheckRequest() {
            calls.add("healthCheckRequest");
            return super.healthCheckRequest();
        }

        @Override
        public void onEndpointReady(Endpoint endpoint) {
            calls.add("onEndpointReady");
        }

        @Override
        public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
                throws EngineException, InterruptedException {
            calls.add("generate");
            super.generate(request, context, sink);
        }
    }

    /** Answers with the prompt's first word. */
    private static final class TextEngine extends CorrectEngine {
        @Override
        EngineConfig config() {
            return EngineConfig.of("text").withInput(ModelInput.TEXT);
        }

        @Override
        public Optional<GenerateRequest> healthCheckRequest() {
            return Optional.empty();
        }

        @Override
        public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
                throws InterruptedException {
            var text = ((Prompt.Text) request.prompt()).text();
            var words = text.split(" ", -1);
            for (int i = 0; i < request.stop().maxTokens().orElse(16); i++) {
                sink.awaitWritable();
                if (context.isCancelled()) break;
                sink.emit(Chunk.ofText(words[i % words.length] + " "));
            }
            sink.finish(context.isCancelled() ? FinishReason.CANCELLED : FinishReason.LENGTH);
        }
    }
}
