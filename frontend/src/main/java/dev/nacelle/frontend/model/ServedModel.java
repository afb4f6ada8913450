package dev.nacelle.frontend.model;

import dev.nacelle.runtime.plane.Instance;
import dev.nacelle.spi.EngineConfig;
import java.util.List;

/**
 * A model that can be asked for, at one moment.
 *
 * @param name the name that callers use, and that metrics carry
 * @param names every name by which it answers: that one, its aliases, and the model's own
 * @param config what the first of its instances says of it
 * @param instances those that serve it, in order of registration; at least one
 * @param text its tokenizer and chat format
 * @param createdSeconds when the first instance came, in seconds since 1970
 */
public record ServedModel(
        String name,
        List<String> names,
        EngineConfig config,
        List<Instance> instances,
        ModelText text,
        long createdSeconds) {
    public ServedModel {
        names = List.copyOf(names);
        instances = List.copyOf(instances);
    }

    /** Whether one of its workers takes requests; that changes without a word. */
    public boolean isReady() {
        for (var instance : instances) if (instance.isReady()) return true;
        return false;
    }
}
