package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Usage;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches an engine from the outside: an idle one is probed with the request that it offered, a busy one is judged by
 * its progress. One that fails takes no requests until a later look finds it well.
 */
final class Canary implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Canary.class);

    private final GenerateRequest probe;
    private final WorkerConfig.Canary config;
    private final EngineCalls calls;
    private final WorkerHealth health;
    private final Thread thread;
    private EngineCalls.Progress seen;
    private long movedAtNanos = System.nanoTime();

    private Canary(GenerateRequest probe, WorkerConfig.Canary config, EngineCalls calls, WorkerHealth health) {
        this.probe = probe;
        this.config = config;
        this.calls = calls;
        this.health = health;
        this.seen = calls.progress();
        this.thread = Thread.ofPlatform().daemon().name("canary").unstarted(this::run);
    }

    static Canary start(GenerateRequest probe, WorkerConfig.Canary config, EngineCalls calls, WorkerHealth health) {
        var canary = new Canary(probe, config, calls, health);
        canary.thread.start();
        return canary;
    }

    /** Ends the watch, and a probe that is out. */
    @Override
    public void close() {
        thread.interrupt();
        calls.cancelProbes();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(config.interval());
                watch();
            }
        } catch (InterruptedException _) {
            // closed
        } catch (EngineException _) {
            // the gate is closed: the worker is stopping
        }
    }

    private void watch() throws InterruptedException, EngineException {
        try {
            look();
        } catch (RuntimeException | Error e) { // one look that fails is no reason never to look again
            LOG.error("the canary could not look", e);
        }
    }

    private void look() throws InterruptedException, EngineException {
        var now = calls.progress();
        boolean moved = now.movedSince(seen);
        seen = now;
        if (moved || now.requests() == 0) movedAtNanos = System.nanoTime();
        if (moved) health.responsive();
        else if (now.requests() > 0) judgeStandstill(now.requests());
        else if (!(health.state() instanceof WorkerState.Down)) probe();
    }

    private void judgeStandstill(int requests) {
        var still = Duration.ofNanos(System.nanoTime() - movedAtNanos);
        if (still.compareTo(config.stall()) > 0)
            health.unresponsive("no token for %d s while %d requests run".formatted(still.toSeconds(), requests));
    }

    private void probe() throws InterruptedException, EngineException {
        if (calls.hasProbe()) {
            health.unresponsive("a health-check request still runs in the engine");
            return;
        }
        var problem = ask();
        if (problem.isEmpty()) {
            health.responsive();
        } else {
            calls.cancelProbes();
            health.unresponsive("the health-check request failed: " + problem.get());
        }
    }

    private Optional<String> ask() throws InterruptedException, EngineException {
        var answer = new Answer();
        calls.probe(probe, RequestHead.of("canary"), answer);
        try {
            return answer.await(config.timeout());
        } catch (InterruptedException e) {
            calls.cancelProbes(); // this one may have come after those that close() cancelled
            throw e;
        }
    }

    /** Takes whatever comes and remembers how it ended. */
    private static final class Answer implements ResponseReceiver {
        private final CompletableFuture<Optional<String>> problem = new CompletableFuture<>();

        Optional<String> await(Duration timeout) throws InterruptedException {
            try {
                return problem.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException _) {
                return Optional.of("no answer within %d ms".formatted(timeout.toMillis()));
            } catch (ExecutionException e) {
                throw new IllegalStateException("never completed exceptionally", e);
            }
        }

        @Override
        public boolean token(int id) {
            return true;
        }

        @Override
        public boolean chunk(Chunk chunk) {
            return true;
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void awaitWritable() {}

        @Override
        public void finished(FinishReason reason, Usage usage) {
            problem.complete(
                    reason == FinishReason.ERROR || reason == FinishReason.CANCELLED
                            ? Optional.of("it ended as " + reason.wireName())
                            : Optional.empty());
        }

        @Override
        public void failed(EngineError error) {
            problem.complete(Optional.of(error.message()));
        }
    }
}
