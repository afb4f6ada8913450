package dev.nacelle.dist;

import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.metrics.ExpfmtOptions;
import dev.nacelle.spi.metrics.Label;
import dev.nacelle.spi.metrics.MetricsBindings;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * An engine that causes what the metrics contract names: two ranks with a hit rate, a snapshot that is refused,
 * instruments of its own, a good and a bad foreign registry. A prompt of one token runs until it is cancelled.
 */
public final class MeteredProvider implements EngineProvider<MeteredProvider.Options> {
    /** None. */
    public record Options() {}

    @Override
    public String name() {
        return "metered";
    }

    @Override
    public String description() {
        return "for tests of the scrape page";
    }

    @Override
    public Class<Options> optionsType() {
        return Options.class;
    }

    @Override
    public LLMEngine create(Options options) {
        return new Metered();
    }

    private static final class Metered implements LLMEngine {
        @Override
        public EngineConfig start(StartContext context) {
            return EngineConfig.of("metered-model").withVersion("7");
        }

        @Override
        public MetricsBindings setupMetrics(MetricsContext context) {
            var metrics = context.metrics();
            metrics.gauge("queue_depth", "Requests that wait.", Label.of("lane", "fast"))
                    .set(3);
            metrics.counter("steps", "Steps taken.").add(5);
            metrics.addExpfmtCallback(
                    () -> "# TYPE engine_tokens_total counter\nengine_tokens_total{kind=\"draft\"} 41\n",
                    ExpfmtOptions.DEFAULT.named("good").withAutoLabels());
            metrics.addExpfmtCallback(
                    () -> {
                        throw new IllegalStateException("no registry today");
                    },
                    ExpfmtOptions.DEFAULT.named("bad"));
            return new MetricsBindings(List.of(0, 1), publisher -> {
                publisher.publish(0, new ComponentSnapshot(25, 100, 0.25, 0.5));
                publisher.publish(7, new ComponentSnapshot(1, 1));
            });
        }

        @Override
        public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
                throws InterruptedException {
            if (request.stop().maxTokens().orElse(1) == 1) {
                sink.token('a');
                var cancelled = new CountDownLatch(1);
                context.onCancel(cancelled::countDown);
                cancelled.await();
                sink.finish(FinishReason.CANCELLED);
                return;
            }
            for (int i = 0; i < request.stop().maxTokens().orElse(2); i++) sink.token('a');
            sink.finish(FinishReason.LENGTH);
        }

        @Override
        public void cleanup() {}
    }
}
