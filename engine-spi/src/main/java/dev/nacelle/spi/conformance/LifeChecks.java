package dev.nacelle.spi.conformance;

import dev.nacelle.spi.HealthReporter;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.WorkerSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Start, stop, and what may go wrong between them. */
final class LifeChecks {
    private static final long POLL_MILLIS = 5;

    private LifeChecks() {}

    static void neverStarted(Bench bench) throws InterruptedException {
        var engine = bench.create();
        if (engine.isEmpty()) return;
        var trouble = bench.calls().trouble(bench.limits().cleanup(), engine.get()::cleanup);
        bench.findings().judge(Rule.CLEANUP_NEVER_STARTED, Optional.ofNullable(trouble), "returned");
    }

    /** Starts an engine so that it probably fails: its model is missing, and reporting progress throws. */
    static void failedStart(Bench bench) throws InterruptedException {
        var engine = bench.create();
        if (engine.isEmpty()) return;
        Callable<Object> start = () -> engine.get().start(new FailingStart(bench.worker()));
        switch (bench.calls().within(bench.limits().start(), start)) {
            case Calls.Threw<?>(Throwable thrown) ->
                cleanUpAfterFailedStart(bench, engine.get(), "start threw " + Calls.text(thrown));
            case Calls.Returned<?> _ -> {
                bench.findings()
                        .skipped(
                                Rule.CLEANUP_AFTER_FAILED_START,
                                "start reads no model folder and reports no progress: it could not be made to fail");
                // The engine in service has shown how its cleanup behaves.
                var _ = bench.calls().trouble(bench.limits().cleanup(), engine.get()::cleanup);
            }
            case Calls.Hangs<?>(String where) ->
                bench.findings().skipped(Rule.CLEANUP_AFTER_FAILED_START, "start " + where);
        }
    }

    static void cleanUpAfterFailedStart(Bench bench, LLMEngine engine, String how) throws InterruptedException {
        var trouble = bench.calls().trouble(bench.limits().cleanup(), engine::cleanup);
        bench.findings()
                .judge(
                        Rule.CLEANUP_AFTER_FAILED_START,
                        Optional.ofNullable(trouble).map(text -> "after " + how + ", cleanup " + text),
                        how + "; cleanup returned");
    }

    /** From drain to the second cleanup. */
    static void end(Session session) throws InterruptedException {
        var bench = session.bench();
        var engine = session.engine();
        var findings = session.findings();
        var calls = bench.calls();

        var drain = calls.trouble(bench.limits().answer(), engine::drain);
        var quiescent = calls.trouble(bench.limits().call(), () -> {
            if (isNull(engine.isQuiescent())) throw new IllegalStateException("isQuiescent returned null");
        });
        if (drain != null) findings.failed(Rule.DRAIN, "drain " + drain);
        else if (quiescent != null) findings.failed(Rule.DRAIN, "isQuiescent " + quiescent);
        else findings.passed(Rule.DRAIN, "returned");

        var first = calls.trouble(bench.limits().cleanup(), engine::cleanup);
        findings.judge(Rule.CLEANUP, Optional.ofNullable(first), "returned");
        if (first != null) {
            var why = "the first cleanup " + first;
            List.of(Rule.CLEANUP_TWICE, Rule.CLEANUP_ENDS_THREADS).forEach(rule -> findings.skipped(rule, why));
            return;
        }
        var second = calls.trouble(bench.limits().cleanup(), engine::cleanup);
        findings.judge(Rule.CLEANUP_TWICE, Optional.ofNullable(second), "returned");
        threads(bench);
    }

    private static void threads(Bench bench) throws InterruptedException {
        long end = System.nanoTime() + bench.limits().cleanup().toNanos();
        var left = bench.calls().threadsLeft();
        while (!left.isEmpty() && System.nanoTime() < end) {
            Thread.sleep(POLL_MILLIS);
            left = bench.calls().threadsLeft();
        }
        bench.findings()
                .judge(
                        Rule.CLEANUP_ENDS_THREADS,
                        Optional.of(left).filter(names -> !names.isEmpty()).map(names -> "still running: " + names),
                        "none left");
    }

    /** Against engines that the compiler has not held to the null contract. */
    @SuppressWarnings("NullAway")
    static boolean isNull(Object value) {
        return value == null;
    }

    /** What a start is told that is to fail, as late as possible. */
    private record FailingStart(WorkerSpec healthy) implements StartContext {
        @Override
        public long workerId() {
            return 1;
        }

        @Override
        public WorkerSpec worker() {
            return new WorkerSpec(
                    healthy.namespace(),
                    healthy.component(),
                    healthy.endpoint(),
                    Optional.of(Path.of("nacelle-conformance-no-such-model").toAbsolutePath()),
                    healthy.modelName(),
                    healthy.dataParallelSize(),
                    healthy.dataParallelStartRank(),
                    healthy.disaggregation());
        }

        @Override
        public void progress(double fraction, String message) {
            throw new IllegalStateException("the conformance kit makes this start fail here");
        }

        @Override
        public HealthReporter health() {
            throw new IllegalStateException("the conformance kit makes this start fail here");
        }
    }
}
