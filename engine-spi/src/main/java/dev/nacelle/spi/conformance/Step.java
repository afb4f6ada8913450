package dev.nacelle.spi.conformance;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Requests that judge some rules.
 *
 * @param rules what the step judges by itself
 */
record Step(Check check, List<Rule> rules) {
    /** Sends requests. */
    @FunctionalInterface
    interface Check {
        void run(Session session) throws InterruptedException;
    }

    /** Judged where they are broken, in every request. */
    private static final Set<Rule> EVERYWHERE = EnumSet.of(
            Rule.ONE_TERMINAL, Rule.NOTHING_AFTER_TERMINAL, Rule.ITEMS_FIT_INPUT, Rule.MAX_TOKENS, Rule.USAGE);

    private static final Step PLAIN = of(GenerateChecks::plain, Rule.GENERATE);
    private static final Step EMBED = of(EmbeddingChecks::embed, Rule.EMBEDDINGS);
    private static final Step PROBE = of(OptionalChecks::healthCheck, Rule.HEALTH_CHECK);

    /** Gentle ones first: what a request leaves behind, the next one meets. */
    private static final List<Step> STEPS = List.of(
            PLAIN,
            of(GenerateChecks::oneThread, Rule.SINK_ONE_THREAD),
            PROBE,
            of(GenerateChecks::stopTokens, Rule.STOP_TOKEN_IDS),
            of(GenerateChecks::minTokens, Rule.MIN_TOKENS),
            of(GenerateChecks::logProbs, Rule.LOG_PROBABILITIES),
            of(GenerateChecks::choices, Rule.CHOICES),
            EMBED,
            of(GenerateChecks::tooLong, Rule.PROMPT_TOO_LONG),
            of(ReaderChecks::slowReader, Rule.SLOW_READER_ISOLATED, Rule.SLOW_READER_RESUMES),
            of(ReaderChecks::interleaved, Rule.INTERLEAVED),
            of(CancelChecks::neighbour, Rule.CANCEL_ISOLATED),
            of(CancelChecks::cancel, Rule.CANCEL_IN_TIME, Rule.CANCEL_REASON, Rule.ABORT),
            of(GenerateChecks::servesOn, Rule.SERVES_ON));

    private static Step of(Check check, Rule... rules) {
        return new Step(check, List.of(rules));
    }

    /** Takes the steps that the wanted rules need. */
    static void take(Session session, Set<Rule> wanted) throws InterruptedException {
        boolean all = !Collections.disjoint(EVERYWHERE, wanted);
        var needed = STEPS.stream()
                .filter(step -> all || !Collections.disjoint(step.rules, wanted))
                .toList();
        if (needed.isEmpty()) return;
        PLAIN.take(session);
        for (var step : needed) if (!step.equals(PLAIN)) step.take(session);
        for (var rule : EVERYWHERE)
            if (rule != Rule.USAGE) session.findings().passed(rule, "in %d requests".formatted(session.requests()));
        if (session.usages() > 0) session.findings().passed(Rule.USAGE, "in %d answers".formatted(session.usages()));
        else session.findings().skipped(Rule.USAGE, "no answer came with usage, which is optional");
    }

    private void take(Session session) throws InterruptedException {
        var findings = session.findings();
        boolean needsText = !equals(EMBED) && !equals(PROBE);
        Optional<String> obstacle = session.stuck()
                .or(() -> needsText && EmbeddingChecks.isAllThereIs(session)
                        ? Optional.of("declares embeddings alone")
                        : Optional.empty())
                .or(() -> findings.hasFailed(Rule.GENERATE)
                        ? Optional.of("plain requests are not answered")
                        : Optional.empty());
        if (obstacle.isPresent()) {
            rules.forEach(rule -> findings.skipped(rule, obstacle.get()));
            return;
        }
        try {
            check.run(session);
        } catch (RuntimeException e) { // a config full of nulls, say
            findings.failed(rules.getFirst(), "could not be judged: " + Calls.text(e));
        }
    }
}
