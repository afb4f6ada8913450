package dev.nacelle.examples.simulated;

import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.LLMEngine;

/** Makes {@code engine: simulated}; named in {@code META-INF/services}. */
public final class SimulatedProvider implements EngineProvider<SimulatedOptions> {
    @Override
    public String name() {
        return "simulated";
    }

    @Override
    public String description() {
        return "schedules and caches as a real engine does, without a model";
    }

    @Override
    public Class<SimulatedOptions> optionsType() {
        return SimulatedOptions.class;
    }

    @Override
    public LLMEngine create(SimulatedOptions options) {
        return new SimulatedEngine(options);
    }
}
