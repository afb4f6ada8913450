package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.metrics.RequestErrorType;
import dev.nacelle.runtime.metrics.RequestGuard;
import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request inside the engine, on a virtual thread of its own, from admission until the engine is done with it. */
final class EngineCall implements InFlight, ResponseStream.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(EngineCall.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration FOREVER = Duration.ofDays(10_000);

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
        return request.healthCheck();
    }

    ResponseStream stream() {
        return stream;
    }

    @Override
    public void cancel(CancelCause cause) {
        switch (cause) {
            case CLIENT_GONE -> {
                if (giveUp(null) && metrics != null) metrics.cancelled();
            }
            case SATISFIED -> giveUp(null);
            case SLOW_READER ->
                giveUp(
                        new EngineError.Overloaded(
                                "the response was not read fast enough and its queue ran over; read faster, or ask again",
                                RETRY_AFTER),
                        RequestErrorType.PUBLISH_RESPONSE);
            case SHUTDOWN ->
                giveUp(
                        new EngineError.EngineShutdown(
                                "the worker shut down before the response was complete; send the request again"),
                        RequestErrorType.RESPONSE_STREAM);
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
    public void undeliverable(RuntimeException cause) {
        LOG.error("request {}: the response could not be delivered", context.id(), cause);
        giveUp(
                new EngineError.Unknown("the response could not be delivered: " + cause),
                RequestErrorType.PUBLISH_RESPONSE);
    }

    @Override
    public void broke(Breach breach) {
        calls.watch().report(breach, context.id());
        if (breach == Breach.CONCURRENT_SINK) giveUp(broken(breach), RequestErrorType.RESPONSE_STREAM);
    }

    /** Gives back what the request holds; idempotent. */
    void release() {
        calls.ended(this);
        if (metrics != null) metrics.close();
        pass.close();
        synchronized (this) {
            over = true;
            notifyAll();
        }
    }

    private void run() {
        try {
            if (enterEngine()) callEngine();
            leaveEngine();
        } finally {
            release();
        }
    }

    private void callEngine() {
        try {
            calls.engine().generate(request, context, stream);
            if (stream.end(new Ending.Failed(broken(Breach.NO_TERMINAL)))) {
                calls.watch().report(Breach.NO_TERMINAL, context.id());
                error(RequestErrorType.RESPONSE_STREAM);
            }
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
        failed(new EngineError.Unknown(
                "engine '%s' failed: %s".formatted(calls.engine().name(), e)));
    }

    private void failed(EngineError error) {
        if (stream.end(new Ending.Failed(error)))
            error(stream.hasItems() ? RequestErrorType.RESPONSE_STREAM : RequestErrorType.GENERATE);
        else if (!stream.isGivenUp()) calls.watch().report(Breach.AFTER_TERMINAL, context.id());
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

    private void giveUp(EngineError error, RequestErrorType type) {
        if (giveUp(error)) error(type);
    }

    /** @return false when the response had ended before */
    private boolean giveUp(@Nullable EngineError error) {
        long noticed = System.nanoTime();
        if (!stream.end(new Ending.GivenUp(Optional.ofNullable(error)))) return false;
        // On a thread of its own: the canceller may be an I/O thread, or the engine's own in the middle of a step.
        calls.engine()
                .virtualThread("cancel-" + context.id(), () -> tellEngine(noticed))
                .start();
        return true;
    }

    private void error(RequestErrorType type) {
        if (metrics != null) metrics.error(type);
    }

    private void tellEngine(long noticedNanos) {
        if (hasEntered()) {
            context.runCancelActions();
            calls.engine().abort(context);
            interrupt();
            if (metrics != null) calls.told(System.nanoTime() - noticedNanos);
        }
        synchronized (this) {
            told = true;
            notifyAll();
        }
        awaitEnd();
    }

    private synchronized boolean hasEntered() {
        return entered;
    }

    private synchronized void interrupt() {
        if (inEngine) thread.interrupt();
    }

    private void awaitEnd() {
        try {
            if (awaitEnd(Deadline.in(calls.cancelLimit()))) return;
            try (var _ = calls.watch().stuck(context.id())) {
                awaitEnd(Deadline.in(FOREVER));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean awaitEnd(Deadline deadline) throws InterruptedException {
        while (!over && !deadline.isOver())
            TimeUnit.NANOSECONDS.timedWait(
                    this, Math.max(1, deadline.remaining().toNanos()));
        return over;
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
