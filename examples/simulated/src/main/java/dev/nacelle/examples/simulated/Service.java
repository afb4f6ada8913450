package dev.nacelle.examples.simulated;

import dev.nacelle.examples.simulated.core.SimulatedWorker;
import dev.nacelle.examples.simulated.core.Timeline;
import dev.nacelle.spi.HealthReporter;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineError.EngineShutdown;
import dev.nacelle.spi.error.EngineException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A worker that is driven, and the requests in it. From any thread. */
final class Service {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final SimulatedWorker worker;
    private final int mostSequences;
    private final HealthReporter health;
    private final Driver driver;

    // The driver's thread's own.
    private final Set<Stream> live = new LinkedHashSet<>();
    private boolean crashed;

    Service(SimulatedOptions options, int ranks, HealthReporter health) {
        var timeline = new Timeline();
        this.worker = new SimulatedWorker(timeline, ranks, options.rankConfig());
        this.mostSequences = (int) Math.min(Integer.MAX_VALUE, (long) options.maxNumSeqs() + options.maxWaiting());
        this.health = health;
        this.driver = new Driver(timeline, worker, options.speedup(), this::endAll);
    }

    void start() {
        driver.start();
    }

    /** Ends all streams and the thread. */
    void stop() throws InterruptedException {
        driver.stop();
    }

    /**
     * Runs a request to its end.
     *
     * @param rank from 0; empty for the least loaded
     * @param onCancel takes what is to be done when the request is cancelled
     */
    void serve(Stream stream, OptionalInt rank, Consumer<Runnable> onCancel) throws EngineException {
        if (!driver.post(() -> admit(stream, rank))) throw new EngineException(stopped());
        Runnable cancel = () -> driver.post(() -> cancel(stream));
        onCancel.accept(cancel);
        try {
            stream.awaitEnd(cancel);
        } finally {
            driver.post(() -> live.remove(stream));
        }
    }

    /** Does something with the worker, on the thread that owns it, and waits for the answer. */
    <T> T ask(Function<SimulatedWorker, T> question) throws EngineException, InterruptedException {
        var answer = new CompletableFuture<T>();
        boolean accepted = driver.post(() -> {
            try {
                answer.complete(question.apply(worker));
            } catch (RuntimeException e) { // whoever asked hears of it; the simulation goes on
                answer.completeExceptionally(e);
            }
        });
        if (!accepted) throw new EngineException(stopped());
        try {
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalArgumentException wrong) throw wrong;
            throw new EngineException(new EngineError.Unknown("the simulated engine failed: " + e.getCause()), e);
        }
    }

    /** Does something with the worker, soon. */
    void tell(Consumer<SimulatedWorker> action) {
        driver.post(() -> action.accept(worker));
    }

    /** Ends every request as an engine's crash does, and refuses further ones until {@link #recover}. */
    void crash(SimulatedWorker owned) {
        crashed = true;
        health.down("crashed, as it was told to: recover brings it back");
        for (int rank = 0; rank < owned.ranks(); rank++) owned.crash(rank);
    }

    /** Ends every fault. */
    void recover(SimulatedWorker owned) {
        for (int rank = 0; rank < owned.ranks(); rank++) {
            owned.slowDown(rank, 1);
            owned.hang(rank, false);
            owned.withhold(rank, 0);
        }
        if (!crashed) return;
        crashed = false;
        health.ready();
    }

    /** Whether no prompt is on its way to another worker, or from one; empty when that cannot be told. */
    Optional<Boolean> isQuiescent() {
        try {
            return Optional.of(
                    ask(owned -> IntStream.range(0, owned.ranks()).allMatch(rank -> owned.transfers(rank) == 0)));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (EngineException _) {
            return Optional.of(true); // stopped: nothing is on its way any more
        }
    }

    boolean isCrashed() {
        return crashed;
    }

    private void admit(Stream stream, OptionalInt chosen) {
        int rank = chosen.orElseGet(worker::leastLoaded);
        if (crashed) {
            stream.fail(new EngineError.WorkerUnavailable("the simulated engine has crashed: try another worker"));
        } else if (worker.sequences(rank) >= mostSequences) {
            stream.fail(new EngineError.Overloaded(
                    "rank %d has %d requests, as many as it takes: try again".formatted(rank, worker.sequences(rank)),
                    RETRY_AFTER));
        } else {
            live.add(stream);
            stream.letInto(rank);
            worker.submit(rank, stream.sequence());
        }
    }

    private void cancel(Stream stream) {
        if (live.remove(stream)) worker.cancel(stream.rank(), stream.sequence());
    }

    private void endAll(@Nullable Throwable defect) {
        if (defect != null) health.down("the simulation failed: " + defect);
        var error = defect == null ? stopped() : new EngineError.Unknown("the simulated engine failed: " + defect);
        live.forEach(stream -> stream.fail(error));
        live.clear();
    }

    private static EngineError stopped() {
        return new EngineShutdown("the simulated engine is shut down");
    }
}
