package dev.nacelle.spi.conformance;

import dev.nacelle.spi.Capability;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.TokenLogProb;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/** What is asked for is what comes back. */
final class GenerateChecks {
    static final int REQUESTS = 8;
    private static final int MOST_PROMPT = 1 << 24;

    private GenerateChecks() {}

    /** Eight different requests one after the other, and the first one again: the yardstick for all that follow. */
    static void plain(Session session) throws InterruptedException {
        var alone = new ArrayList<Answer>();
        for (int i = 0; i <= REQUESTS; i++) {
            var asked = session.ask(session.plain(i % REQUESTS));
            var trouble = asked.trouble();
            if (trouble != null) {
                session.findings().failed(Rule.GENERATE, trouble);
                return;
            }
            alone.add(asked.answer());
        }
        boolean repeatable = alone.removeLast().output().equals(alone.getFirst().output());
        session.answeredAlone(List.copyOf(alone), repeatable);
        session.findings()
                .passed(
                        Rule.GENERATE,
                        "%d requests answered%s, the first with %s"
                                .formatted(
                                        REQUESTS + 1,
                                        repeatable ? "" : " (not the same when repeated)",
                                        alone.getFirst().shown()));
    }

    /** A sink that is slow to return, in which a second thread is caught. */
    static void oneThread(Session session) throws InterruptedException {
        var asked = session.end(session.exchange(session.plain(0, 32), new Reader(Reader.UNBOUNDED, true))
                .begin());
        judge(session, Rule.SINK_ONE_THREAD, asked, "in %d requests".formatted(session.requests()));
    }

    /** Asks for what the engine has just said, to stop in the middle of it. */
    static void stopTokens(Session session) throws InterruptedException {
        var before = session.alone().getFirst().tokenIds();
        if (!session.repeatable() || before.isEmpty()) {
            session.findings().skipped(Rule.STOP_TOKEN_IDS, "the engine does not repeat its tokens, or makes none");
            return;
        }
        // The last token that had not come before it, so that as many as possible come first.
        int at = IntStream.range(0, before.size())
                .filter(i -> before.indexOf(before.get(i)) == i)
                .max()
                .orElseThrow();
        var request = stopping(session, before.get(at), 0);
        var asked = session.ask(request);
        var trouble = asked.trouble();
        var tokens = asked.answer().tokenIds();
        boolean stopped = switch (asked.ending()) {
            case Exchange.Ending.Finished ended -> ended.reason() == FinishReason.STOP;
            case Exchange.Ending.Unfinished _ -> true; // another rule says so
            case Exchange.Ending.Threw _, Exchange.Ending.Hangs _ -> false;
        };
        if (trouble == null && (!stopped || tokens.size() < at || tokens.size() > at + 1))
            trouble = "stop token %d at position %d: %d tokens, %s"
                    .formatted(before.get(at), at, tokens.size(), asked.ending().shown());
        session.findings()
                .judge(
                        Rule.STOP_TOKEN_IDS,
                        Optional.ofNullable(trouble),
                        "stopped at token %d".formatted(before.get(at)));
    }

    /** The same, when it is too early to stop. */
    static void minTokens(Session session) throws InterruptedException {
        var before = session.alone().getFirst().tokenIds();
        if (!session.repeatable() || before.size() < 3) {
            session.findings().skipped(Rule.MIN_TOKENS, "the engine does not repeat its tokens, or makes too few");
            return;
        }
        var asked = session.ask(stopping(session, before.getFirst(), 3));
        var trouble = asked.trouble();
        if (trouble == null && asked.answer().tokens() < 3)
            trouble = "%d tokens with min_tokens 3".formatted(asked.answer().tokens());
        session.findings()
                .judge(
                        Rule.MIN_TOKENS,
                        Optional.ofNullable(trouble),
                        "%d tokens".formatted(asked.answer().tokens()));
    }

    static void logProbs(Session session) throws InterruptedException {
        if (!session.config().capabilities().contains(Capability.LOG_PROBABILITIES)) {
            session.findings().skipped(Rule.LOG_PROBABILITIES, "not declared");
            return;
        }
        var plain = session.plain(0);
        var output = new OutputOptions(OptionalInt.of(2), OptionalInt.empty(), true);
        var asked = session.ask(session.request(0, plain.stop(), plain.sampling(), output));
        var logProbs = asked.answer().logProbs();
        var trouble = asked.trouble();
        if (trouble == null && logProbs.size() != asked.answer().tokens())
            trouble = "%d log-probabilities for %d tokens"
                    .formatted(logProbs.size(), asked.answer().tokens());
        if (trouble == null)
            trouble = logProbs.stream()
                    .mapToDouble(TokenLogProb::logProb)
                    .filter(value -> !(value <= 0))
                    .mapToObj("a log-probability of %s"::formatted)
                    .findFirst()
                    .orElse(null);
        session.findings()
                .judge(Rule.LOG_PROBABILITIES, Optional.ofNullable(trouble), "%d of them".formatted(logProbs.size()));
    }

    static void choices(Session session) throws InterruptedException {
        if (!session.config().capabilities().contains(Capability.MULTIPLE_CHOICES)) {
            session.findings().skipped(Rule.CHOICES, "not declared");
            return;
        }
        var open = SamplingOptions.DEFAULT;
        var two = new SamplingOptions(
                open.temperature(),
                open.topP(),
                open.topK(),
                open.minP(),
                open.presencePenalty(),
                open.frequencyPenalty(),
                open.repetitionPenalty(),
                open.seed(),
                2,
                Map.of());
        var asked = session.ask(session.request(0, session.plain(0).stop(), two, OutputOptions.DEFAULT));
        var trouble = asked.trouble();
        if (trouble == null && !asked.answer().choices().containsAll(Set.of(0, 1)))
            trouble = "items for choices %s with n 2".formatted(asked.answer().choices());
        session.findings().judge(Rule.CHOICES, Optional.ofNullable(trouble), "2 of 2");
    }

    static void tooLong(Session session) throws InterruptedException {
        var context = session.config().registration().contextLength();
        if (session.config().input() == ModelInput.TEXT || context.isEmpty() || context.getAsInt() > MOST_PROMPT) {
            session.findings()
                    .skipped(
                            Rule.PROMPT_TOO_LONG,
                            context.isEmpty() ? "no context length declared" : "text, or too long a context to try");
            return;
        }
        int length = context.getAsInt() + 1;
        var asked = session.ask(GenerateRequest.of(
                session.config().modelName(), session.bench().prompts().ofLength(length), 1));
        if (asked.ending() instanceof Exchange.Ending.Threw(EngineException e)
                && e.error() instanceof EngineError.InvalidArgument(String message))
            session.findings().passed(Rule.PROMPT_TOO_LONG, message);
        else
            session.findings()
                    .failed(
                            Rule.PROMPT_TOO_LONG,
                            "%d tokens with a context of %d: %s"
                                    .formatted(
                                            length, length - 1, asked.ending().shown()));
    }

    /** The first request once more, after all the others. */
    static void servesOn(Session session) throws InterruptedException {
        var asked = session.ask(session.plain(0));
        var trouble = asked.trouble();
        if (trouble == null && !session.isOwn(0, asked.answer()))
            trouble = "got %s, at first it got %s"
                    .formatted(
                            asked.answer().shown(), session.alone().getFirst().shown());
        session.findings()
                .judge(
                        Rule.SERVES_ON,
                        Optional.ofNullable(trouble),
                        "answered after %d requests".formatted(session.requests() - 1));
    }

    private static void judge(Session session, Rule rule, Session.Asked asked, String seen) {
        session.findings().judge(rule, Optional.ofNullable(asked.trouble()), seen);
    }

    private static GenerateRequest stopping(Session session, int token, int minTokens) {
        var most = session.plain(0).stop().maxTokens();
        return session.request(0, new StopConditions(most, minTokens, TokenIds.of(token), List.of(), false));
    }
}
