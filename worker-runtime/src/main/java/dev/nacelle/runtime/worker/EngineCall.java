package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.metrics.RequestErrorType;
import dev.nacelle.runtime.metrics.RequestGuard;
import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request inside the engine, on a virtual thread of its own, from admission until the engine is done with it. */
final class EngineCall implements InFlight, ResponseStream.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(EngineCall.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final EngineCalls calls;
    private final GenerateRequest request;
    private final RequestGate.Pass pass;
    private final @Nullable RequestGuard metrics;
    private final ResponseStream stream;
    private final RequestContext context;
    private final Thread thread;

    // Guarded by this.
    private boolean entered;
    private boolean inEngine;
    private boolean told; // the engine knows that the request was given up
    private boolean over;
    private @Nullable Future<?> overdueWatch;
    private ContractWatch.@Nullable Stuck stuck;

    /** @param metrics null for a probe, which no metric counts */
    EngineCall(
            EngineCalls calls,
            GenerateRequest request,
            RequestHead head,
            ResponseReceiver receiver,
            RequestGate.Pass pass,
            @Nullable RequestGuard metrics) {
        this.calls = calls;
        this.request = request;
        this.pass = pass;
        this.metrics = metrics;
        this.stream = new ResponseStream(receiver, this, promptTokens(request.prompt()));
        this.context = new RequestContext(head, stream);
        this.thread = calls.engine().virtualThread(head.id(), this::run);
    }

    void start() {
        thread.start();
    }

    boolean isProbe() {
        return metrics == null;
    }

    ResponseStream stream() {
        return stream;
    }

    @Override
    public void cancel(CancelCause cause) {
        switch (cause) {
            case CLIENT_GONE -> {
                long noticed = System.nanoTime();
                giveUp(null, RequestGuard::cancelled, () -> calls.told(System.nanoTime() - noticed));
            }
            case SATISFIED -> giveUp(null, _ -> {});
            case TIMEOUT ->
                giveUp(
                        new EngineError.ResponseTimeout(
                                "the engine took longer than the frontend's time-outs allow; ask again, for fewer tokens"),
                        guard -> guard.error(failureType()));
            case SLOW_READER ->
                giveUp(
                        new EngineError.Overloaded(
                                "the response was not read fast enough and its queue ran over; read faster, or ask again",
                                RETRY_AFTER),
                        guard -> guard.error(RequestErrorType.PUBLISH_RESPONSE));
            case SHUTDOWN ->
                giveUp(
                        new EngineError.EngineShutdown(
                                "the worker shut down before the response was complete; send the request again"),
                        guard -> guard.error(RequestErrorType.RESPONSE_STREAM));
        }
    }

    @Override
    public void firstItem() {
        if (metrics != null) metrics.firstResponse();
    }

    @Override
    public void overflowed() {
        cancel(CancelCause.SLOW_READER);
    }

    @Override
    public void undeliverable(Throwable cause) {
        LOG.error("request {}: the response could not be delivered", context.id(), cause);
        giveUp(
                new EngineError.Unknown("the response could not be delivered; the server's log says why"),
                guard -> guard.error(RequestErrorType.PUBLISH_RESPONSE));
    }

    @Override
    public void broke(Breach breach) {
        calls.watch().report(breach, context.id());
        if (breach == Breach.CONCURRENT_SINK)
            giveUp(broken(breach), guard -> guard.error(RequestErrorType.RESPONSE_STREAM));
    }

    /** Gives back what the request holds; idempotent. */
    void release() {
        synchronized (this) {
            over = true;
            if (overdueWatch != null) overdueWatch.cancel(false);
            if (stuck != null) stuck.close();
            stuck = null;
        }
        calls.ended(this);
        if (metrics != null) metrics.close();
        pass.close();
    }

    private void run() {
        try {
            if (enterEngine()) callEngine();
        } finally {
            settle();
        }
    }

    private void settle() {
        try {
            // Whatever was thrown on the way here: an exception may throw again when asked what it has to say.
            if (stream.ending() == null)
                failed(new EngineError.Unknown("engine '%s' failed, and cannot say how"
                        .formatted(calls.engine().name())));
            leaveEngine();
        } finally {
            release();
        }
    }

    private void callEngine() {
        try {
            calls.engine().generate(request, context, stream);
            if (stream.ending() == null)
                stream.end(new Ending.Failed(broken(Breach.NO_TERMINAL)), () -> {
                    calls.watch().report(Breach.NO_TERMINAL, context.id());
                    error(RequestErrorType.RESPONSE_STREAM);
                });
        } catch (EngineException e) {
            if (e.getCause() != null) LOG.warn("request {}: {}", context.id(), e.getMessage(), e);
            failed(e.error());
        } catch (InterruptedException e) {
            if (!stream.isGivenUp()) failedUnexpectedly(e);
        } catch (Throwable e) { // whatever an engine throws is this request's trouble alone
            failedUnexpectedly(e);
        }
    }

    private void failedUnexpectedly(Throwable e) {
        if (stream.isGivenUp()) LOG.debug("request {}: failed after its cancellation", context.id(), e);
        else
            LOG.error(
                    "request {}: engine '{}' failed",
                    context.id(),
                    calls.engine().name(),
                    e);
        // What it was belongs into the log alone: a caller has no use for the names of our classes.
        failed(new EngineError.Unknown("engine '%s' failed; the server's log says how"
                .formatted(calls.engine().name())));
    }

    private void failed(EngineError error) {
        var type = failureType();
        if (!stream.end(new Ending.Failed(error), () -> error(type)) && !stream.isGivenUp())
            calls.watch().report(Breach.AFTER_TERMINAL, context.id());
    }

    private RequestErrorType failureType() {
        return stream.hasItems() ? RequestErrorType.RESPONSE_STREAM : RequestErrorType.GENERATE;
    }

    /** @return false when the request was given up before the engine saw it, which then never hears of it */
    private synchronized boolean enterEngine() {
        if (stream.isGivenUp()) return false;
        entered = true;
        inEngine = true;
        return true;
    }

    /** Past this point the engine is not called for this request any more: a cancellation under way ends first. */
    private synchronized void leaveEngine() {
        inEngine = false;
        while (stream.isGivenUp() && !told) {
            try {
                wait();
            } catch (InterruptedException _) {
                // The interrupt of a cancellation that the engine did not need any more.
            }
        }
        var _ = Thread.interrupted(); // what follows is the host's, and nobody means to interrupt that
    }

    private void giveUp(@Nullable EngineError error, Consumer<RequestGuard> count) {
        giveUp(error, count, () -> {});
    }

    /**
     * Ends the response, unless it has ended before, and has the engine told.
     *
     * @param error null for an end as cancelled
     * @param count counts it
     * @param afterwards runs when the engine has been told
     */
    private void giveUp(@Nullable EngineError error, Consumer<RequestGuard> count, Runnable afterwards) {
        boolean stands = stream.end(new Ending.GivenUp(Optional.ofNullable(error)), () -> {
            if (metrics != null) count.accept(metrics);
        });
        if (!stands) return;
        var watch = calls.cancelDesk().cancel(() -> tellEngine(afterwards), this::overdue);
        synchronized (this) {
            if (over) watch.cancel(false);
            else overdueWatch = watch;
        }
    }

    private void error(RequestErrorType type) {
        if (metrics != null) metrics.error(type);
    }

    private void tellEngine(Runnable afterwards) {
        try {
            if (!hasEntered()) return;
            context.runCancelActions();
            calls.engine().abort(context);
            interrupt();
            if (metrics != null) afterwards.run();
        } finally {
            synchronized (this) {
                told = true;
                notifyAll();
            }
        }
    }

    private synchronized boolean hasEntered() {
        return entered;
    }

    private synchronized void interrupt() {
        if (inEngine) thread.interrupt();
    }

    /** The engine has had its time. */
    private synchronized void overdue() {
        if (!over) stuck = calls.watch().stuck(context.id());
    }

    private EngineError broken(Breach breach) {
        var message = "engine '%s' %s".formatted(calls.engine().name(), breach.what());
        return breach == Breach.NO_TERMINAL
                ? new EngineError.StreamIncomplete(message)
                : new EngineError.Unknown(message);
    }

    private static int promptTokens(Prompt prompt) {
        return switch (prompt) {
            case Prompt.Tokens(var ids) -> ids.size();
            case Prompt.Text _, Prompt.Messages _ -> 0;
        };
    }
}
