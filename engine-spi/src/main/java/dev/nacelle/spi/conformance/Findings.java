package dev.nacelle.spi.conformance;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/** Collects what the checks find, from any thread. A failure outweighs whatever else was said of its rule. */
final class Findings {
    private record Failure(String first, int more) {}

    private final Map<Rule, Failure> failed = new EnumMap<>(Rule.class);
    private final Map<Rule, String> passed = new EnumMap<>(Rule.class);
    private final Map<Rule, String> skipped = new EnumMap<>(Rule.class);

    synchronized void passed(Rule rule, String seen) {
        passed.put(rule, seen);
    }

    synchronized void failed(Rule rule, String seen) {
        failed.merge(rule, new Failure(seen, 0), (old, _) -> new Failure(old.first, old.more + 1));
    }

    synchronized void skipped(Rule rule, String why) {
        skipped.putIfAbsent(rule, why);
    }

    void violated(Violation violation) {
        failed(violation.rule(), violation.seen());
    }

    /** Passed with {@code seen} unless there is trouble. */
    void judge(Rule rule, Optional<String> trouble, String seen) {
        trouble.ifPresentOrElse(text -> failed(rule, text), () -> passed(rule, seen));
    }

    synchronized boolean hasFailed(Rule rule) {
        return failed.containsKey(rule);
    }

    /** One result for each rule wanted; {@code otherwise} is why a rule that nobody spoke of was skipped. */
    synchronized Report report(Predicate<Rule> wanted, String otherwise) {
        List<Result> results = new ArrayList<>();
        for (var rule : Rule.values()) if (wanted.test(rule)) results.add(result(rule, otherwise));
        return new Report(results);
    }

    private Result result(Rule rule, String otherwise) {
        var failure = failed.get(rule);
        if (failure != null)
            return new Result(
                    rule,
                    Outcome.FAILED,
                    failure.more == 0 ? failure.first : "%s (and %d more)".formatted(failure.first, failure.more));
        if (passed.containsKey(rule)) return new Result(rule, Outcome.PASSED, Objects.requireNonNull(passed.get(rule)));
        return new Result(rule, Outcome.SKIPPED, Objects.requireNonNullElse(skipped.get(rule), otherwise));
    }
}
