package dev.nacelle.examples.llama;

import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.HealthReporter;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.WorkerSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a host tells an engine at its start; keeps what the engine says. */
final class Worker implements StartContext, HealthReporter {
    final List<String> progress = new ArrayList<>();
    private final Optional<Path> model;
    private final Disaggregation part;

    private Worker(Optional<Path> model, Disaggregation part) {
        this.model = model;
        this.part = part;
    }

    static Worker of(Path model) {
        return new Worker(Optional.of(model), Disaggregation.AGGREGATED);
    }

    static Worker withoutModel() {
        return new Worker(Optional.empty(), Disaggregation.AGGREGATED);
    }

    static Worker prefilling(Path model) {
        return new Worker(Optional.of(model), Disaggregation.PREFILL);
    }

    @Override
    public long workerId() {
        return 1;
    }

    @Override
    public WorkerSpec worker() {
        return new WorkerSpec("dynamo", "backend", "generate", model, Optional.empty(), 1, 0, part);
    }

    @Override
    public void progress(double fraction, String message) {
        progress.add("%.2f %s".formatted(fraction, message));
    }

    @Override
    public HealthReporter health() {
        return this;
    }

    @Override
    public void ready() {}

    @Override
    public void degraded(String message) {}

    @Override
    public void down(String message) {
        throw new AssertionError("the engine says it is down: " + message);
    }
}
