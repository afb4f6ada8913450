package dev.nacelle.spi.conformance;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.FinishReason;
import java.util.List;
import java.util.Optional;

/** Requests whose callers go away. */
final class CancelChecks {
    /** Few, so that an engine that minds its readers is still at work when the cancellation comes. */
    private static final int READ = 4;

    private CancelChecks() {}

    /** Two at a time, of which one is cancelled. */
    static void neighbour(Session session) throws InterruptedException {
        var limits = session.bench().limits();
        var stays = session.begin(session.plain(1), session.resumes() ? 1 : Reader.UNBOUNDED);
        stays.reader().awaitItems(1, limits.answer());
        var goes = session.begin(session.endless(), READ);
        goes.reader().awaitItems(1, limits.cancel());
        judge(session, goes, "cancelled beside another");
        stays.reader().readOn();
        var asked = session.end(stays);
        var trouble = asked.trouble();
        if (trouble == null && !session.isOwn(1, asked.answer()))
            trouble = "got %s, alone it got %s"
                    .formatted(asked.answer().shown(), session.alone().get(1).shown());
        session.findings()
                .judge(
                        Rule.CANCEL_ISOLATED,
                        Optional.ofNullable(trouble).map(text -> "its neighbour " + text),
                        "its neighbour was answered");
    }

    /** One cancelled at work and one cancelled before it began. */
    static void cancel(Session session) throws InterruptedException {
        var working = session.begin(session.endless(), READ);
        working.reader().awaitItems(1, session.bench().limits().answer());
        judge(session, working, "cancelled at work");
        if (session.stuck().isPresent()) return;
        var early = session.exchange(session.endless(), new Reader(READ, false)).alreadyCancelled();
        judge(session, early.begin(), "cancelled before it began");
    }

    private static void judge(Session session, Exchange exchange, String how) throws InterruptedException {
        var findings = session.findings();
        var limits = session.bench().limits();
        if (exchange.isDone() && !exchange.isCancelled()) {
            session.end(exchange);
            var why = "the request was over before it could be cancelled";
            List.of(Rule.CANCEL_IN_TIME, Rule.CANCEL_REASON, Rule.ABORT).forEach(rule -> findings.skipped(rule, why));
            return;
        }
        long begin = System.nanoTime();
        exchange.cancel();
        if (!exchange.awaitEnd(limits.cancel())) {
            findings.failed(
                    Rule.CANCEL_IN_TIME,
                    "%s: still running after %s and %d items, %s"
                            .formatted(
                                    how,
                                    Calls.text(limits.cancel()),
                                    exchange.reader().items(),
                                    exchange.where()));
            findings.skipped(Rule.CANCEL_REASON, "it did not end in time");
            session.giveUp(exchange);
            return;
        }
        findings.passed(Rule.CANCEL_IN_TIME, "%d ms".formatted((System.nanoTime() - begin) / 1_000_000));
        var ending = exchange.ending();
        boolean right = switch (ending) {
            case Exchange.Ending.Finished finished -> finished.reason() == FinishReason.CANCELLED;
            case Exchange.Ending.Threw threw ->
                threw.thrown() instanceof InterruptedException
                        || (threw.thrown() instanceof EngineException e && e.error() instanceof EngineError.Cancelled);
            case Exchange.Ending.Unfinished _, Exchange.Ending.Hangs _ -> true; // other rules say so
        };
        findings.judge(
                Rule.CANCEL_REASON,
                right ? Optional.empty() : Optional.of("%s: %s".formatted(how, ending.shown())),
                ending.shown());
    }
}
