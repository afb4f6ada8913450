package dev.nacelle.dynamo;

import dev.nacelle.dynamo.net.FrameHandler;
import dev.nacelle.dynamo.net.ResponseLoop;
import dev.nacelle.dynamo.wire.CallInfo;
import dev.nacelle.dynamo.wire.ErrorClass;
import dev.nacelle.dynamo.wire.MalformedFrameException;
import dev.nacelle.dynamo.wire.RequestFormat;
import dev.nacelle.dynamo.wire.RequestFormat.BadRequestException;
import dev.nacelle.dynamo.wire.RequestFrame;
import dev.nacelle.runtime.metrics.Chain;
import dev.nacelle.runtime.metrics.RequestErrorType;
import dev.nacelle.runtime.metrics.RequestMetrics;
import dev.nacelle.runtime.metrics.RuntimeMetrics;
import dev.nacelle.runtime.metrics.SeriesScope;
import dev.nacelle.runtime.plane.RequestHandler;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.runtime.plane.WorkerCard;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the frames for one worker become requests of its engine. */
final class WorkerEndpoint implements FrameHandler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerEndpoint.class);

    private final RequestHandler worker;
    private final RequestRules rules;
    private final RequestFormat format;
    private final ResponseLoop responses;
    private final SeriesScope series;
    private final RequestMetrics metrics;
    private final int requestsMax;
    private final AtomicInteger requests = new AtomicInteger();

    private WorkerEndpoint(
            RequestHandler worker,
            RequestRules rules,
            RequestFormat format,
            ResponseLoop responses,
            SeriesScope series,
            RequestMetrics metrics,
            int requestsMax) {
        this.worker = worker;
        this.rules = rules;
        this.format = format;
        this.responses = responses;
        this.series = series;
        this.metrics = metrics;
        this.requestsMax = requestsMax;
    }

    /** @param requestsMax how many may run at once */
    static WorkerEndpoint of(
            WorkerCard card, RequestHandler worker, ResponseLoop responses, RuntimeMetrics runtime, int requestsMax) {
        var series = runtime.families().scope();
        var chain = new Chain(card.namespace(), card.component(), card.endpoint(), card.instanceId());
        return new WorkerEndpoint(
                worker,
                new RequestRules(card.config()),
                RequestFormat.of(card.config(), card.disaggregation()),
                responses,
                series,
                runtime.requests(chain, series),
                requestsMax);
    }

    @Override
    public String handle(RequestFrame frame) throws MalformedFrameException {
        CallInfo call;
        try {
            call = CallInfo.of(frame);
        } catch (MalformedFrameException e) {
            metrics.error(RequestErrorType.INVALID_MESSAGE);
            throw e;
        }
        metrics.requestBytes(frame.size());
        call.sentNanos().ifPresent(sent -> metrics.networkTransit((epochNanos() - sent) / 1e9));
        if (!responses.health().works()) return "Server unavailable: responses cannot be written at the moment";
        if (requests.incrementAndGet() > requestsMax) {
            requests.decrementAndGet();
            return "Server overloaded: %d requests run already".formatted(requestsMax);
        }
        boolean taken = false;
        try {
            var asked = format.read(frame.body());
            var response = responses.prepare(call, asked.writer(), metrics, requests::decrementAndGet);
            var head = new RequestHead(call.id(), Map.of(), call.traceHeaders());
            response.start(worker.handle(rules.complete(asked.request()), head, response.receiver()));
            taken = true;
            return "";
        } catch (BadRequestException e) {
            LOG.debug("request {}: {}", call.id(), e.getMessage(), e);
            metrics.error(RequestErrorType.DESERIALIZATION);
            return refused(call, new EngineError.InvalidArgument(String.valueOf(e.getMessage())));
        } catch (EngineException e) {
            return refused(call, e.error());
        } catch (RuntimeException | Error e) {
            LOG.error("request {}: could not be handed to its engine", call.id(), e);
            return refused(call, new EngineError.Unknown("the worker could not take the request; its log says why"));
        } finally {
            if (!taken) requests.decrementAndGet();
        }
    }

    /** Ends what the endpoint shows of metrics; what is still written counts for the worker as long as it is there. */
    @Override
    public void close() {
        series.close();
    }

    private String refused(CallInfo call, EngineError error) {
        var refusal = ErrorClass.refusal(error);
        if (refusal.isEmpty())
            responses.prepare(call, format.errorWriter(), metrics, () -> {}).answer(error);
        return refusal;
    }

    private static long epochNanos() {
        var now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000 + now.getNano();
    }
}
