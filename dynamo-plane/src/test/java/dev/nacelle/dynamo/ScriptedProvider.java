package dev.nacelle.dynamo;

import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.config.Setting;
import java.time.Duration;

/** Makes {@code engine: scripted}: an engine that does what a request's seed says. */
public final class ScriptedProvider implements EngineProvider<ScriptedProvider.Options> {
    /** What a test may set. */
    public record Options(
            @Setting(value = "Between two tokens", byDefault = "0s")
            Duration pace,

            @Setting(value = "Tokens or text", byDefault = "tokens")
            ModelInput input,

            @Setting(value = "Fail when a request asks for it", byDefault = "true")
            boolean fails,

            @Setting(value = "Context length", byDefault = "256")
            int context) {}

    @Override
    public String name() {
        return "scripted";
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
        return new ScriptedEngine(options);
    }
}
