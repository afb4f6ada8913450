package dev.nacelle.frontend;

import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.config.Setting;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import java.time.Duration;

/** Makes {@code engine: paced}: repeats the prompt's tokens, one a pace, up to {@code max_tokens}. */
public final class PacedEngines implements EngineProvider<PacedEngines.Options> {
    /** The options of {@code engine: paced}. */
    public record Options(
            @Setting(value = "Time from token to token", byDefault = "5ms")
            Duration pace) {}

    @Override
    public String name() {
        return "paced";
    }

    @Override
    public String description() {
        return "for tests";
    }

    @Override
    public Class<Options> optionsType() {
        return Options.class;
    }

    @Override
    public LLMEngine create(Options options) {
        return new Paced(options.pace());
    }

    private record Paced(Duration pace) implements LLMEngine {
        @Override
        public EngineConfig start(StartContext context) {
            return EngineConfig.of("paced", Registration.ofContext(100_000));
        }

        @Override
        public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
                throws InterruptedException {
            var prompt = request.tokenIds();
            int tokens = request.stop().maxTokens().orElseThrow();
            try {
                for (int i = 0; i < tokens && !context.isCancelled(); i++) {
                    sink.token(prompt.at(i % prompt.size()));
                    if (!pace.isZero()) Thread.sleep(pace);
                }
            } catch (InterruptedException e) {
                if (!context.isCancelled()) throw e;
            }
            sink.finish(context.isCancelled() ? FinishReason.CANCELLED : FinishReason.LENGTH);
        }

        @Override
        public void cleanup() {
            // It holds nothing.
        }
    }
}
