package dev.nacelle.runtime.worker;

import dev.nacelle.spi.config.Setting;
import java.util.List;

/** What the {@code workers} role is configured by. */
public record WorkersPart(
        @Setting(value = "The engines that this process serves", byDefault = "[]")
        List<WorkerConfig> workers) {
    public WorkersPart {
        workers = List.copyOf(workers);
    }
}
