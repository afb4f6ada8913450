package dev.nacelle.examples.echo;

import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.LLMEngine;

/** Makes {@code engine: echo}; named in {@code META-INF/services}. */
public final class EchoProvider implements EngineProvider<EchoOptions> {
    @Override
    public String name() {
        return "echo";
    }

    @Override
    public String description() {
        return "repeats the prompt's tokens; needs no model";
    }

    @Override
    public Class<EchoOptions> optionsType() {
        return EchoOptions.class;
    }

    @Override
    public LLMEngine create(EchoOptions options) {
        return new EchoEngine(options);
    }
}
