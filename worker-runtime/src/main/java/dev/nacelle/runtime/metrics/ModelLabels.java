package dev.nacelle.runtime.metrics;

import dev.nacelle.spi.EngineConfig;

/**
 * The labels {@code model} and {@code model_name}; an empty one is not emitted.
 *
 * @param model what the engine calls the model
 * @param modelName what callers call it
 */
public record ModelLabels(String model, String modelName) {
    /** No model. */
    public static final ModelLabels NONE = new ModelLabels("", "");

    public static ModelLabels of(EngineConfig config) {
        return new ModelLabels(config.model(), config.modelName());
    }
}
