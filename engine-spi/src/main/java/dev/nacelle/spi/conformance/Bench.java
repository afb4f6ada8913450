package dev.nacelle.spi.conformance;

import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.WorkerSpec;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What all checks share.
 *
 * @param calls of one engine
 * @param made the engines so far
 */
record Bench(
        Supplier<? extends LLMEngine> factory,
        WorkerSpec worker,
        Prompts prompts,
        Limits limits,
        Calls calls,
        Findings findings,
        Set<LLMEngine> made) {
    Bench(Supplier<? extends LLMEngine> factory, WorkerSpec worker, Prompts prompts, Limits limits, Findings findings) {
        this(
                factory,
                worker,
                prompts,
                limits,
                new Calls(),
                findings,
                Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    /** The same for another engine, whose threads are told apart. */
    Bench apart() {
        return new Bench(factory, worker, prompts, limits, new Calls(), findings, made);
    }

    /** A new engine; empty, and {@link Rule#CREATE} failed, when the factory gives none. */
    Optional<LLMEngine> create() throws InterruptedException {
        Calls.Called<Optional<LLMEngine>> called =
                calls.within(limits.call(), () -> Optional.<LLMEngine>ofNullable(factory.get()));
        var engine = called instanceof Calls.Returned<Optional<LLMEngine>>(Optional<LLMEngine> value)
                ? value
                : Optional.<LLMEngine>empty();
        if (engine.isEmpty()) {
            var trouble = Calls.trouble(called);
            findings.failed(Rule.CREATE, "the factory " + (trouble == null ? "returned null" : trouble));
            return engine;
        }
        if (!made.add(engine.get())) {
            findings.failed(Rule.CREATE, "the factory returned the same engine again");
            return Optional.empty();
        }
        findings.passed(Rule.CREATE, engine.get().getClass().getName());
        return engine;
    }
}
