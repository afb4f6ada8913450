package dev.nacelle.spi.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.stream.IntStream;

/** Several streams at a time, some of whose readers are behind. */
final class ReaderChecks {
    private static final int READ = 2;
    /** For all to have begun; an engine that runs fewer at a time is let go on. */
    private static final Duration TOGETHER = Duration.ofMillis(300);

    private ReaderChecks() {}

    /** One stands still while two others are served. */
    static void slowReader(Session session) throws InterruptedException {
        var limits = session.bench().limits();
        var slow = session.begin(session.plain(0), READ);
        slow.reader().awaitItems(READ, limits.answer());

        var trouble = Optional.<String>empty();
        for (int turn = 1; turn <= 2 && trouble.isEmpty(); turn++) {
            var other = session.begin(session.plain(turn), Reader.UNBOUNDED);
            if (!other.awaitEnd(limits.answer())) {
                trouble = Optional.of("another request had not ended within %s; it was %s"
                        .formatted(Calls.text(limits.answer()), other.where()));
                slow.reader().readOn(); // lets a batch move on that stood still
                session.end(other);
            } else trouble = Optional.ofNullable(session.end(other).trouble()).map(text -> "another request " + text);
        }
        session.findings().judge(Rule.SLOW_READER_ISOLATED, trouble, "2 others were answered");

        // Only now: one that is not held back may need a moment for the rest of its tokens.
        boolean heldBack = trouble.isPresent() || !slow.isDone();
        slow.reader().readOn();
        var wrong = session.end(slow).trouble();
        if (wrong == null) session.heldBackAndResumed();
        session.findings()
                .judge(
                        Rule.SLOW_READER_RESUMES,
                        Optional.ofNullable(wrong),
                        heldBack ? "held back, then answered" : "not held back: it does not ask isWritable (allowed)");
    }

    /** The plain requests again, all at a time: each is held after its first token until the others have theirs. */
    static void interleaved(Session session) throws InterruptedException {
        int count = GenerateChecks.REQUESTS;
        int capacity = session.resumes() ? 1 : Reader.UNBOUNDED;
        var running = IntStream.range(0, count)
                .mapToObj(i -> session.begin(session.plain(i), capacity))
                .toList();
        long end = System.nanoTime() + TOGETHER.toNanos();
        for (var exchange : running)
            exchange.reader().awaitItems(1, Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        running.forEach(exchange -> exchange.reader().readOn());

        var wrong = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            var asked = session.end(running.get(i));
            var trouble = asked.trouble();
            if (trouble != null) wrong.add("request %d of %d %s".formatted(i + 1, count, trouble));
            else if (!session.isOwn(i, asked.answer()))
                wrong.add("request %d of %d got %s, alone it got %s"
                        .formatted(
                                i + 1,
                                count,
                                asked.answer().shown(),
                                session.alone().get(i).shown()));
        }
        session.findings()
                .judge(
                        Rule.INTERLEAVED,
                        wrong.stream().findFirst().map(first -> "%d wrong: %s".formatted(wrong.size(), first)),
                        session.repeatable()
                                ? "all completed, each as when alone"
                                : "all completed; tokens not compared, as the engine does not repeat them");
    }
}
