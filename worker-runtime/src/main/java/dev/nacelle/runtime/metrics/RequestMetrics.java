package dev.nacelle.runtime.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** What the requests of one endpoint are counted and timed by. From any thread. */
public final class RequestMetrics {
    final BoundCounter requests;
    final BoundGauge inflight;
    final BoundHistogram duration;
    final BoundCounter requestBytes;
    final BoundCounter responseBytes;
    private final Map<RequestErrorType, BoundCounter> errors = new EnumMap<>(RequestErrorType.class);
    final BoundCounter cancellations;
    final BoundHistogram timeToFirstResponse;
    private final BoundHistogram networkTransit;

    RequestMetrics(SeriesScope series, Labels chain) {
        requests = series.counter(WorkerFamilies.REQUESTS, chain);
        inflight = series.gauge(WorkerFamilies.INFLIGHT, chain);
        duration = series.histogram(WorkerFamilies.REQUEST_DURATION, chain);
        requestBytes = series.counter(WorkerFamilies.REQUEST_BYTES, chain);
        responseBytes = series.counter(WorkerFamilies.RESPONSE_BYTES, chain);
        for (var type : RequestErrorType.values())
            errors.put(type, series.counter(WorkerFamilies.ERRORS, chain.add("error_type", type.label())));
        cancellations = series.counter(WorkerFamilies.CANCELLATIONS, chain);
        timeToFirstResponse = series.histogram(WorkerFamilies.TIME_TO_FIRST_RESPONSE, Labels.EMPTY);
        networkTransit = series.histogram(WorkerFamilies.NETWORK_TRANSIT, Labels.EMPTY);
    }

    /** Counts a request in; closing the guard counts it out. */
    public RequestGuard begin() {
        return new RequestGuard(this);
    }

    /** An error of something that never became a request. */
    public void error(RequestErrorType type) {
        Objects.requireNonNull(errors.get(type)).increment();
    }

    /** Bytes of requests that came over the network. */
    public void requestBytes(long count) {
        requestBytes.add(count);
    }

    /** Bytes of responses that went over the network. */
    public void responseBytes(long count) {
        responseBytes.add(count);
    }

    /** What a request spent on the network, in seconds; a negative one, by clocks that disagree, counts as zero. */
    public void networkTransit(double seconds) {
        networkTransit.observe(Math.max(0, seconds));
    }
}
