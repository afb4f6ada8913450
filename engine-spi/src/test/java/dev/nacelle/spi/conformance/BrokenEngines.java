package dev.nacelle.spi.conformance;

import dev.nacelle.spi.Endpoint;
import dev.nacelle.spi.EngineAction;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.metrics.EngineMetrics;
import dev.nacelle.spi.metrics.Label;
import dev.nacelle.spi.metrics.MetricsBindings;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** For each rule an engine that breaks it, and keeps the others. */
final class BrokenEngines {
    private BrokenEngines() {}

    /** @param over opens when the test is over, for engines that would otherwise hang for ever */
    static Supplier<LLMEngine> breaking(Rule rule, CountDownLatch over) {
        return switch (rule) {
            case CREATE -> {
                var one = new CorrectEngine();
                yield () -> one;
            }
            case CLEANUP_NEVER_STARTED -> CleanupNeedsStart::new;
            case START -> StartThrows::new;
            case MODEL_NOT_EMPTY -> ModelEmpty::new;
            case SETUP_METRICS -> TakesTheHostsLabel::new;
            case METRICS_HANDLE_NOT_KEPT -> KeepsTheHandle::new;
            case FOREIGN_METRICS -> RegistryFails::new;
            case KV_SOURCES -> TwoSourcesForARank::new;
            case HEALTH_CHECK -> ProbeNotMarked::new;
            case ACTIONS -> ControlWithASlash::new;
            case ENDPOINT_READY -> ReadyThrows::new;
            case GENERATE -> GenerateThrows::new;
            case ONE_TERMINAL -> NeverFinishes::new;
            case NOTHING_AFTER_TERMINAL -> EmitsAfterFinish::new;
            case SINK_ONE_THREAD -> TwoThreadsPerStream::new;
            case ITEMS_FIT_INPUT -> TextFromATokenEngine::new;
            case MAX_TOKENS -> OneTokenTooMany::new;
            case MIN_TOKENS -> StopsTooEarly::new;
            case STOP_TOKEN_IDS -> KnowsNoStopTokens::new;
            case USAGE -> MiscountsUsage::new;
            case INTERLEAVED -> SharesThePrompt::new;
            case LOG_PROBABILITIES -> LogProbabilitiesAboveZero::new;
            case CHOICES -> OneChoiceOnly::new;
            case PROMPT_TOO_LONG -> TakesAnyPrompt::new;
            case SLOW_READER_ISOLATED -> OneStreamAtATime::new;
            case SLOW_READER_RESUMES -> GivesSlowReadersUp::new;
            case CANCEL_IN_TIME -> () -> new IgnoresCancellation(over);
            case CANCEL_REASON -> CancelledAsLength::new;
            case CANCEL_ISOLATED -> CancelsAll::new;
            case ABORT -> AbortThrows::new;
            case SERVES_ON -> LosesSlots::new;
            case SNAPSHOT_RANKS -> UndeclaredRank::new;
            case SNAPSHOT_RANGE -> ShareOutOfRange::new;
            case RANKS_STABLE -> RanksChange::new;
            case KV_EVENTS -> BlocksWithoutTokens::new;
            case DRAIN -> DrainThrows::new;
            case CLEANUP -> CleanupThrows::new;
            case CLEANUP_TWICE -> SecondCleanupThrows::new;
            case CLEANUP_ENDS_THREADS -> () -> new LeavesAThread(over);
            case CLEANUP_AFTER_FAILED_START -> CleanupNeedsAWholeStart::new;
        };
    }

    /** The engines that make the kit wait for a limit, which a test had better shorten. */
    static boolean waitsForALimit(Rule rule) {
        return switch (rule) {
            case SLOW_READER_ISOLATED, SLOW_READER_RESUMES, CANCEL_IN_TIME, CLEANUP_ENDS_THREADS -> true;
            default -> false;
        };
    }

    static final class CleanupNeedsStart extends CorrectEngine {
        @Override
        public void cleanup() {
            if (!startEntered) throw new NullPointerException("no scheduler");
        }
    }

    static final class StartThrows extends CorrectEngine {
        @Override
        public EngineConfig start(StartContext context) throws EngineException {
            throw new EngineException(new EngineError.Unknown("no such model"));
        }
    }

    static final class ModelEmpty extends CorrectEngine {
        @Override
        EngineConfig config() {
            return EngineConfig.of("");
        }
    }

    static final class TakesTheHostsLabel extends CorrectEngine {
        @Override
        public MetricsBindings setupMetrics(MetricsContext context) {
            context.metrics().gauge("depth", "Queue", Label.of("worker_id", "7"));
            return MetricsBindings.none();
        }
    }

    static final class KeepsTheHandle extends CorrectEngine {
        private @Nullable EngineMetrics kept;

        @Override
        public MetricsBindings setupMetrics(MetricsContext context) {
            kept = context.metrics();
            return super.setupMetrics(context);
        }

        @Override
        void report() {
            Objects.requireNonNull(kept).gauge("depth", "Queue").set(1);
            super.report();
        }
    }

    static final class RegistryFails extends CorrectEngine {
        @Override
        public MetricsBindings setupMetrics(MetricsContext context) {
            context.metrics().addExpfmtCallback(() -> {
                throw new IllegalStateException("no registry");
            });
            return super.setupMetrics(context);
        }
    }

    static final class TwoSourcesForARank extends CorrectEngine {
        @Override
        public List<KvEventSource> kvEventSources() {
            return List.of(new KvEventSource(0, _ -> {}), new KvEventSource(0, _ -> {}));
        }
    }

    static final class ProbeNotMarked extends CorrectEngine {
        @Override
        public Optional<GenerateRequest> healthCheckRequest() {
            return Optional.of(GenerateRequest.of("correct", new Prompt.Tokens(1), 1));
        }
    }

    static final class ControlWithASlash extends CorrectEngine {
        @Override
        public Map<String, EngineAction> controls() {
            return Map.of("cache/clear", body -> body);
        }
    }

    static final class ReadyThrows extends CorrectEngine {
        @Override
        public void onEndpointReady(Endpoint endpoint) {
            throw new IllegalStateException("not ready");
        }
    }

    static final class GenerateThrows extends CorrectEngine {
        @Override
        public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink) {
            throw new UnsupportedOperationException("later");
        }
    }

    static final class NeverFinishes extends CorrectEngine {
        @Override
        void finish(ResponseSink sink, FinishReason reason, Usage usage) {}
    }

    static final class EmitsAfterFinish extends CorrectEngine {
        @Override
        void finish(ResponseSink sink, FinishReason reason, Usage usage) {
            super.finish(sink, reason, usage);
            sink.token(1);
        }
    }

    /** Emits each token from one thread while the same token comes from another: the order stays, the rule does not. */
    static final class TwoThreadsPerStream extends CorrectEngine {
        @Override
        public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
                throws EngineException, InterruptedException {
            int most = mostTokens(request.stop());
            if (most < 32) {
                super.generate(request, context, sink);
                return;
            }
            var together = new CyclicBarrier(2);
            Runnable emits = () -> {
                for (int i = 0; i < 16 && !context.isCancelled(); i++) {
                    meet(together);
                    sink.token(1);
                }
            };
            var other = Thread.ofVirtual().start(emits);
            emits.run();
            other.join();
            if (context.isCancelled()) cancelled(sink, usage(request, 0));
            else finish(sink, FinishReason.LENGTH, usage(request, 32));
        }

        private static void meet(CyclicBarrier barrier) {
            try {
                barrier.await();
            } catch (Exception _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static final class TextFromATokenEngine extends CorrectEngine {
        @Override
        void finish(ResponseSink sink, FinishReason reason, Usage usage) {
            sink.emit(Chunk.ofText("The end."));
            super.finish(sink, reason, usage);
        }
    }

    static final class OneTokenTooMany extends CorrectEngine {
        @Override
        int mostTokens(StopConditions stop) {
            return super.mostTokens(stop) + 1;
        }
    }

    static final class StopsTooEarly extends CorrectEngine {
        @Override
        boolean isStop(int token, int i, StopConditions stop) {
            return super.isStop(token, Integer.MAX_VALUE, stop);
        }
    }

    static final class KnowsNoStopTokens extends CorrectEngine {
        @Override
        boolean isStop(int token, int i, StopConditions stop) {
            return false;
        }
    }

    static final class MiscountsUsage extends CorrectEngine {
        @Override
        Usage usage(GenerateRequest request, int emitted) {
            return super.usage(request, emitted + 1);
        }
    }

    /** The classic: a request's state in a field of the engine. */
    static final class SharesThePrompt extends CorrectEngine {
        private volatile TokenIds current = TokenIds.NONE;

        @Override
        void checkLength(TokenIds prompt) throws EngineException {
            super.checkLength(prompt);
            current = prompt;
        }

        @Override
        int next(TokenIds prompt, int i) {
            return super.next(current, i);
        }
    }

    static final class LogProbabilitiesAboveZero extends CorrectEngine {
        @Override
        void emit(GenerateRequest request, ResponseSink sink, int choice, int token) throws InterruptedException {
            if (request.output().logProbs().isPresent())
                sink.emit(Chunk.ofLogProbs(List.of(new TokenLogProb(token, 0.5, List.of()))));
            else super.emit(request, sink, choice, token);
        }
    }

    static final class OneChoiceOnly extends CorrectEngine {
        @Override
        int choices(GenerateRequest request) {
            return 1;
        }
    }

    static final class TakesAnyPrompt extends CorrectEngine {
        @Override
        void checkLength(TokenIds prompt) {}
    }

    /** A lock around the whole of generate. */
    static final class OneStreamAtATime extends CorrectEngine {
        private final ReentrantLock lock = new ReentrantLock();

        @Override
        public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
                throws EngineException, InterruptedException {
            lock.lockInterruptibly();
            try {
                super.generate(request, context, sink);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Leaves a stream for good once its reader is behind. */
    static final class GivesSlowReadersUp extends CorrectEngine {
        @Override
        void emit(GenerateRequest request, ResponseSink sink, int choice, int token) throws InterruptedException {
            super.emit(request, sink, choice, token);
            if (!sink.isWritable()) new CountDownLatch(1).await();
        }
    }

    static final class IgnoresCancellation extends CorrectEngine {
        private final CountDownLatch over;

        IgnoresCancellation(CountDownLatch over) {
            this.over = over;
        }

        @Override
        void cancelled(ResponseSink sink, Usage usage) {
            awaitWhateverComes(over);
            super.cancelled(sink, usage);
        }

        @Override
        public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
                throws EngineException, InterruptedException {
            try {
                super.generate(request, context, sink);
            } catch (InterruptedException _) {
                cancelled(sink, usage(request, 0));
            }
        }
    }

    static final class CancelledAsLength extends CorrectEngine {
        @Override
        void cancelled(ResponseSink sink, Usage usage) {
            sink.finish(FinishReason.LENGTH, usage);
        }
    }

    /** One request's abort ends all that were running. */
    static final class CancelsAll extends CorrectEngine {
        private final AtomicInteger epoch = new AtomicInteger();

        @Override
        public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
                throws EngineException, InterruptedException {
            int mine = epoch.get();
            sink.awaitWritable();
            super.generate(request, new Either(context, () -> epoch.get() != mine), sink);
        }

        @Override
        public void abort(GenerateContext context) {
            epoch.incrementAndGet();
        }
    }

    static final class AbortThrows extends CorrectEngine {
        @Override
        public void abort(GenerateContext context) {
            throw new IllegalStateException("unknown request " + context.id());
        }
    }

    /** Three slots, of which each cancelled request keeps one. */
    static final class LosesSlots extends CorrectEngine {
        private final AtomicInteger lost = new AtomicInteger();

        @Override
        public void abort(GenerateContext context) {
            lost.incrementAndGet();
        }

        @Override
        void checkLength(TokenIds prompt) throws EngineException {
            super.checkLength(prompt);
            if (lost.get() >= 3) throw new EngineException(new EngineError.Overloaded("full", Duration.ofSeconds(1)));
        }
    }

    static final class UndeclaredRank extends CorrectEngine {
        @Override
        void report() {
            Objects.requireNonNull(publisher).publish(7, new ComponentSnapshot(1, 2));
        }
    }

    static final class ShareOutOfRange extends CorrectEngine {
        @Override
        void report() {
            Objects.requireNonNull(publisher).publish(0, new ComponentSnapshot(1, 2, Double.NaN, 0));
        }
    }

    static final class RanksChange extends CorrectEngine {
        private int asked;

        @Override
        public MetricsBindings setupMetrics(MetricsContext context) {
            var bindings = super.setupMetrics(context);
            return asked++ == 0 ? bindings : new MetricsBindings(List.of(0, 1), bindings.onPublisherReady());
        }
    }

    static final class BlocksWithoutTokens extends CorrectEngine {
        @Override
        void report() {
            Objects.requireNonNull(events).stored(new long[] {1, 2}, OptionalLong.empty(), TokenIds.of(1, 2), 2);
        }
    }

    static final class DrainThrows extends CorrectEngine {
        @Override
        public void drain() {
            throw new IllegalStateException("nothing to drain");
        }
    }

    static final class CleanupThrows extends CorrectEngine {
        @Override
        public void cleanup() {
            if (started) throw new IllegalStateException("busy");
        }
    }

    static final class SecondCleanupThrows extends CorrectEngine {
        @Override
        public void cleanup() {
            if (cleanedUp) throw new IllegalStateException("closed already");
            cleanedUp = true;
        }
    }

    static final class LeavesAThread extends CorrectEngine {
        private final CountDownLatch over;

        LeavesAThread(CountDownLatch over) {
            this.over = over;
        }

        @Override
        EngineConfig config() {
            Thread.ofPlatform().daemon(false).name("left-behind").start(() -> awaitWhateverComes(over));
            return super.config();
        }
    }

    static final class CleanupNeedsAWholeStart extends CorrectEngine {
        @Override
        public void cleanup() {
            if (startEntered && !started) throw new NullPointerException("no scheduler");
        }
    }

    static void awaitWhateverComes(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException _) {
                // as stubborn as a native call
            }
        }
    }
}
