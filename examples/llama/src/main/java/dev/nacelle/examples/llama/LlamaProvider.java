package dev.nacelle.examples.llama;

import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.LLMEngine;

/** Makes {@code llama} engines. */
public final class LlamaProvider implements EngineProvider<LlamaOptions> {
    @Override
    public String name() {
        return "llama";
    }

    @Override
    public String description() {
        return "Llama-architecture models from Hugging Face folders, in plain Java on the CPU";
    }

    @Override
    public Class<LlamaOptions> optionsType() {
        return LlamaOptions.class;
    }

    @Override
    public LLMEngine create(LlamaOptions options) {
        return new LlamaEngine(options);
    }
}
