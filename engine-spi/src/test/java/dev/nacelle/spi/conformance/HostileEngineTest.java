package dev.nacelle.spi.conformance;

import static dev.nacelle.spi.conformance.BrokenEngines.awaitWhateverComes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.metrics.MetricsBindings;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.Usage;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Engines that hang, throw what nobody expects, or answer null: the kit ends, and says which. */
@Execution(ExecutionMode.CONCURRENT)
class HostileEngineTest {
    private static final Duration SOON = Duration.ofMillis(700);
    private static final Limits SHORT = new Limits(SOON, SOON, SOON, SOON, SOON);

    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        over.countDown();
    }

    @Test
    void aFactoryThatHangsFailsAsCreate() throws Exception {
        assertFails(
                () -> {
                    awaitWhateverComes(over);
                    return new CorrectEngine();
                },
                Rule.CREATE);
    }

    @Test
    void aFactoryThatThrowsAnErrorFailsAsCreate() throws Exception {
        var report = assertFails(
                () -> {
                    throw new NoClassDefFoundError("com/example/Tokenizer");
                },
                Rule.CREATE);
        assertThat(report.failures().getFirst().seen()).contains("NoClassDefFoundError: com/example/Tokenizer");
    }

    @Test
    void aStartThatHangsFailsAndIsNotCleanedUpBesideIt() throws Exception {
        var cleanups = new CountDownLatch(2);
        var report = assertFails(
                () -> new CorrectEngine() {
                    @Override
                    public EngineConfig start(StartContext context) {
                        awaitWhateverComes(over);
                        return config();
                    }

                    @Override
                    public void cleanup() {
                        cleanups.countDown();
                    }
                },
                Rule.START);
        assertThat(cleanups.getCount()).as("the never started engine's alone").isEqualTo(1);
        assertThat(report.failures().getFirst().seen()).contains("did not return within 700 ms", "awaitWhateverComes");
    }

    @Test
    @SuppressWarnings("NullAway")
    void aStartThatReturnsNullFails() throws Exception {
        assertFails(
                () -> new CorrectEngine() {
                    @Override
                    public EngineConfig start(StartContext context) {
                        return null;
                    }
                },
                Rule.START);
    }

    @Test
    @SuppressWarnings("NullAway")
    void nullBindingsFailAsSetupMetrics() throws Exception {
        assertFails(
                () -> new CorrectEngine() {
                    @Override
                    public MetricsBindings setupMetrics(MetricsContext context) {
                        return null;
                    }
                },
                Rule.SETUP_METRICS);
    }

    @Test
    void aRequestThatNeverComesBackFailsOnceAndTheRestIsSkipped() throws Exception {
        var report = assertFails(
                () -> new CorrectEngine() {
                    @Override
                    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink) {
                        awaitWhateverComes(over);
                    }
                },
                Rule.GENERATE);
        assertThat(report.failures().getFirst().seen()).contains("had not ended within 700 ms");
        assertThat(result(report, Rule.CANCEL_IN_TIME).outcome()).isEqualTo(Outcome.SKIPPED);
        assertThat(result(report, Rule.CANCEL_IN_TIME).seen()).contains("still runs");
        assertThat(result(report, Rule.CLEANUP).outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void anErrorInGenerateFailsByItsName() throws Exception {
        var report = assertFails(
                () -> new CorrectEngine() {
                    @Override
                    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink) {
                        throw new StackOverflowError("deep");
                    }
                },
                Rule.GENERATE);
        assertThat(report.failures().getFirst().seen()).isEqualTo("threw java.lang.StackOverflowError: deep");
    }

    @Test
    void aStreamWithoutEndFailsAsTooManyTokensAndUnanswered() throws Exception {
        assertFails(
                () -> new CorrectEngine() {
                    @Override
                    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink) {
                        while (!context.isCancelled()) sink.token(1);
                        sink.finish(FinishReason.CANCELLED);
                    }
                },
                Rule.GENERATE,
                Rule.MAX_TOKENS);
    }

    @Test
    void aCleanupThatHangsFailsWhereverItIsCalled() throws Exception {
        assertFails(
                () -> new CorrectEngine() {
                    @Override
                    public void cleanup() {
                        awaitWhateverComes(over);
                    }
                },
                Rule.CLEANUP_NEVER_STARTED,
                Rule.CLEANUP,
                Rule.CLEANUP_AFTER_FAILED_START);
    }

    @Test
    void finishingTwiceFailsAsOneTerminal() throws Exception {
        assertFails(
                () -> new CorrectEngine() {
                    @Override
                    void finish(ResponseSink sink, FinishReason reason, Usage usage) {
                        super.finish(sink, reason, usage);
                        super.finish(sink, reason, usage);
                    }
                },
                Rule.ONE_TERMINAL);
    }

    @Test
    void throwingAfterFinishFailsAsOneTerminalToo() throws Exception {
        var report = Conformance.of(() -> new CorrectEngine() {
                    @Override
                    void finish(ResponseSink sink, FinishReason reason, Usage usage) {
                        super.finish(sink, reason, usage);
                        throw new IllegalStateException("afterthought");
                    }
                })
                .only("one-terminal")
                .check();
        assertThat(report.failures().getFirst().seen()).contains("after finish(LENGTH)", "afterthought");
    }

    @Test
    void returningAtOnceAndFeedingTheSinkLaterFailsAsOneTerminal() throws Exception {
        var report = Conformance.of(() -> new CorrectEngine() {
                    @Override
                    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink) {
                        var me = Thread.currentThread();
                        Thread.ofVirtual().start(() -> {
                            joinQuietly(me);
                            sink.token(1);
                            sink.finish(FinishReason.STOP);
                        });
                    }
                })
                .only("one-terminal", "nothing-after-terminal")
                .check();
        assertThat(report.failures()).extracting(Result::rule).containsExactly(Rule.ONE_TERMINAL);
    }

    private static void joinQuietly(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static Report assertFails(Supplier<LLMEngine> factory, Rule... rules) throws InterruptedException {
        var report = Conformance.of(factory).withLimits(SHORT).check();
        assertThat(report.failures())
                .extracting(Result::rule)
                .as(report.table())
                .containsExactly(rules);
        return report;
    }

    private static Result result(Report report, Rule rule) {
        return report.results().stream()
                .filter(result -> result.rule() == rule)
                .findFirst()
                .orElseThrow();
    }
}
