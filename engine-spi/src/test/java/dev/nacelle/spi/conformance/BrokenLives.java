package dev.nacelle.spi.conformance;

import dev.nacelle.spi.Endpoint;
import dev.nacelle.spi.EngineAction;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.metrics.EngineMetrics;
import dev.nacelle.spi.metrics.Label;
import dev.nacelle.spi.metrics.MetricsBindings;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.TokenIds;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Engines that break a rule of their life, or of what they offer beside it. */
final class BrokenLives {
    private BrokenLives() {}

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
            return List.of(KvEventSource.push(0, _ -> {}), KvEventSource.push(0, _ -> {}));
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
            Thread.ofPlatform().daemon(false).name("left-behind").start(() -> BrokenEngines.awaitWhateverComes(over));
            return super.config();
        }
    }

    static final class CleanupNeedsAWholeStart extends CorrectEngine {
        @Override
        public void cleanup() {
            if (startEntered && !started) throw new NullPointerException("no scheduler");
        }
    }
}
