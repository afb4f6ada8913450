package dev.nacelle.spi.conformance;

import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.WorkerSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Checks an engine against the contract, from outside:
 *
 * <pre>{@code
 * var report = Conformance.of(() -> new MyProvider().create(new MyOptions())).check();
 * System.out.print(report.table());
 * }</pre>
 *
 * <p>Makes three engines, one after the other: one that is never started, one that serves some fifty small requests, and
 * one whose start is made to fail half-way. Immutable: each {@code with} method returns another one.
 *
 * <p>An engine that hangs, throws errors or ignores interrupts fails by name; it never holds the kit up for longer than
 * the limits, and whatever it still occupies is left behind on daemon threads.
 */
public final class Conformance {
    static final WorkerSpec WORKER = new WorkerSpec(
            "dynamo", "backend", "generate", Optional.empty(), Optional.empty(), 1, 0, Disaggregation.AGGREGATED);

    private final Supplier<? extends LLMEngine> factory;
    private final WorkerSpec worker;
    private final Prompts prompts;
    private final Limits limits;
    private final Set<Rule> wanted;

    private Conformance(
            Supplier<? extends LLMEngine> factory,
            WorkerSpec worker,
            Prompts prompts,
            Limits limits,
            Set<Rule> wanted) {
        this.factory = factory;
        this.worker = worker;
        this.prompts = prompts;
        this.limits = limits;
        this.wanted = wanted;
    }

    /**
     * With the defaults: all rules, an aggregated worker with one rank and no model path, prompts of bytes as token ids,
     * 5 minutes for {@code start} and 30 s for an answer.
     *
     * @param factory makes a new, unstarted engine at each call
     */
    public static Conformance of(Supplier<? extends LLMEngine> factory) {
        return new Conformance(factory, WORKER, Prompts.DEFAULT, Limits.DEFAULT, EnumSet.allOf(Rule.class));
    }

    /** What {@code start} is told of the worker and its model. */
    public Conformance withWorker(WorkerSpec value) {
        return new Conformance(factory, value, prompts, limits, wanted);
    }

    /** The prompt for token engines, best of 8 different tokens or more; the kit sends its rotations. */
    public Conformance withPrompt(int... tokens) {
        var value = new Prompts(Arrays.stream(tokens).boxed().toList(), prompts.text());
        return new Conformance(factory, worker, value, limits, wanted);
    }

    /** The prompt for text engines, best of 8 different words or more; the kit sends its rotations. */
    public Conformance withPrompt(String text) {
        return new Conformance(factory, worker, new Prompts(prompts.tokens(), text), limits, wanted);
    }

    /** How long {@code start} may take. */
    public Conformance withStartLimit(Duration limit) {
        return withLimits(limits.withStart(limit));
    }

    /** How long a few tokens may take. */
    public Conformance withAnswerLimit(Duration limit) {
        return withLimits(limits.withAnswer(limit));
    }

    /** Also for the limits that the contract sets. */
    Conformance withLimits(Limits value) {
        return new Conformance(factory, worker, prompts, value, wanted);
    }

    /**
     * Reports these rules only, and does only what they need.
     *
     * @param ids as {@link Rule#id} has them
     * @throws IllegalArgumentException for an id that no rule has, naming those there are
     */
    public Conformance only(String... ids) {
        var rules = EnumSet.noneOf(Rule.class);
        for (var id : ids) rules.add(rule(id));
        return new Conformance(factory, worker, prompts, limits, rules);
    }

    /**
     * Runs the checks; may be called again.
     *
     * @throws InterruptedException when interrupted; a started engine is cleaned up first
     */
    public Report check() throws InterruptedException {
        var findings = new Findings();
        var bench = new Bench(factory, worker, prompts, limits, findings);
        if (wants(Rule.CREATE, Rule.CLEANUP_NEVER_STARTED)) LifeChecks.neverStarted(bench.apart());
        var inService = EnumSet.complementOf(
                EnumSet.of(Rule.CREATE, Rule.CLEANUP_NEVER_STARTED, Rule.CLEANUP_AFTER_FAILED_START));
        boolean starts = wanted.stream().noneMatch(inService::contains) || service(bench.apart());
        if (starts && wants(Rule.CLEANUP_AFTER_FAILED_START)) LifeChecks.failedStart(bench.apart());
        return findings.report(wanted::contains, "nothing to check it on: see the failures above");
    }

    /** One engine's whole life. @return whether it starts */
    private boolean service(Bench bench) throws InterruptedException {
        var started = Session.start(bench);
        if (started.isEmpty()) return false;
        var session = started.get();
        try {
            session.metrics().setUp();
            OptionalChecks.setUp(session);
            Step.take(session, wanted);
            session.metrics().judge();
        } finally {
            LifeChecks.end(session);
        }
        return true;
    }

    private boolean wants(Rule... rules) {
        return Arrays.stream(rules).anyMatch(wanted::contains);
    }

    private static Rule rule(String id) {
        return Arrays.stream(Rule.values())
                .filter(rule -> rule.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no rule '%s', expected one of: %s"
                        .formatted(
                                id, Arrays.stream(Rule.values()).map(Rule::id).collect(Collectors.joining(", ")))));
    }
}
