package dev.nacelle.spi.conformance;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** Engines that break a rule of {@code generate}. */
final class BrokenStreams {
    private BrokenStreams() {}

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

    static final class EmbedsNothing extends CorrectEngine {
        @Override
        void embed(GenerateRequest request, ResponseSink sink) {
            sink.finish(FinishReason.STOP, usage(request, 0));
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
            BrokenEngines.awaitWhateverComes(over);
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
        public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
                throws EngineException, InterruptedException {
            try {
                super.generate(request, context, sink);
            } finally {
                if (context.isCancelled()) lost.incrementAndGet();
            }
        }

        @Override
        void checkLength(TokenIds prompt) throws EngineException {
            super.checkLength(prompt);
            if (lost.get() >= 3) throw new EngineException(new EngineError.Overloaded("full", Duration.ofSeconds(1)));
        }
    }
}
