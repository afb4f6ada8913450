package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.metrics.HttpErrorType;
import dev.nacelle.frontend.metrics.HttpRequestGuard;
import dev.nacelle.frontend.metrics.HttpServiceMetrics;
import dev.nacelle.frontend.metrics.PipelineMetrics;
import dev.nacelle.frontend.metrics.RequestType;
import dev.nacelle.frontend.metrics.StageGuard;
import dev.nacelle.frontend.model.ServedModel;
import dev.nacelle.spi.request.Usage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a request for text holds and gives back once, whichever way it ends: its place among the admitted, its tokenizer,
 * its guard in the metrics; and at the end, its one line in the log.
 */
final class RequestLife {
    private static final Logger LOG = LoggerFactory.getLogger("dev.nacelle.frontend.requests");

    /** Gives something back; must not throw. */
    @FunctionalInterface
    interface Held {
        void release();
    }

    private final HttpExchange http;
    private final Endpoint endpoint;
    private final String model;
    private final RequestType type;
    private final HttpRequestGuard guard;
    private final StageGuard stages;
    private final Deque<Held> held = new ArrayDeque<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile Usage usage = new Usage(0, 0);
    private volatile long firstTokenNanos;

    private RequestLife(
            HttpExchange http,
            Endpoint endpoint,
            String model,
            RequestType type,
            HttpRequestGuard guard,
            StageGuard stages) {
        this.http = http;
        this.endpoint = endpoint;
        this.model = model;
        this.type = type;
        this.guard = guard;
        this.stages = stages;
    }

    /** A request for a model that is served here. */
    static RequestLife of(
            HttpExchange http,
            Endpoint endpoint,
            ServedModel model,
            boolean stream,
            HttpServiceMetrics metrics,
            PipelineMetrics stages) {
        var type = stream ? RequestType.STREAM : RequestType.UNARY;
        var guard = metrics.begin(model.name(), endpoint.label(), type, http.startNanos());
        return new RequestLife(http, endpoint, model.name(), type, guard, stages.begin());
    }

    /** A request of which no more is known than where it came in. */
    static RequestLife ofUnknown(
            HttpExchange http, Endpoint endpoint, HttpServiceMetrics metrics, PipelineMetrics stages) {
        var guard = metrics.begin("", endpoint.label(), RequestType.UNARY, http.startNanos());
        return new RequestLife(http, endpoint, "-", RequestType.UNARY, guard, stages.begin());
    }

    HttpExchange http() {
        return http;
    }

    HttpRequestGuard guard() {
        return guard;
    }

    /** Its way through the pipeline's stages. */
    StageGuard stages() {
        return stages;
    }

    /** Gives {@code what} back at the end, before what was added earlier; at once when the end has come. */
    void holds(Held what) {
        synchronized (held) {
            if (!over.get()) {
                held.push(what);
                return;
            }
        }
        what.release();
    }

    /** What was consumed; the last call stands. */
    void consumed(Usage tokens, long firstNanos) {
        usage = tokens;
        firstTokenNanos = firstNanos;
    }

    /** Answers with an error instead of a response, and ends. */
    void refuse(ApiError error) {
        http.refuse(error, () -> over(new Outcome.Failed(error), error.status()));
    }

    /**
     * The end; only the first call counts.
     *
     * @param status as it was sent, or would have been
     */
    void over(Outcome outcome, int status) {
        synchronized (held) {
            if (!over.compareAndSet(false, true)) return;
        }
        var label = label(outcome);
        stages.close();
        guard.close();
        for (var what : held) what.release();
        long now = System.nanoTime();
        LOG.atInfo()
                .addKeyValue("id", http.id())
                .addKeyValue("endpoint", endpoint.label().label())
                .addKeyValue("type", type.label())
                .addKeyValue("model", model)
                .addKeyValue("tokens_in", usage.promptTokens())
                .addKeyValue("tokens_out", usage.completionTokens())
                .addKeyValue("ttft", firstTokenNanos == 0 ? "-" : millis(firstTokenNanos - http.startNanos()))
                .addKeyValue("duration", millis(now - http.startNanos()))
                .addKeyValue("status", status)
                .addKeyValue("outcome", label)
                .log("request");
    }

    private String label(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Answered _ -> {
                guard.cachedTokens(usage.cachedTokens());
                guard.markOk();
                yield "ok";
            }
            case Outcome.Failed(var error) -> {
                var errorType = error.label();
                boolean begun = usage.completionTokens() > 0;
                if (errorType == HttpErrorType.OVERLOAD && !begun) guard.rejected();
                else guard.error(errorType);
                yield errorType.label();
            }
            case Outcome.CallerGone _ -> {
                guard.disconnected();
                yield "client gone";
            }
            case Outcome.CallerStuck _ -> {
                guard.error(HttpErrorType.OVERLOAD);
                yield "client does not read";
            }
        };
    }

    private static String millis(long nanos) {
        long tenths = (nanos + 50_000) / 100_000;
        return tenths / 10 + "." + tenths % 10 + "ms";
    }
}
