package dev.nacelle.dynamo.net;

import dev.nacelle.runtime.metrics.BoundCounter;
import dev.nacelle.runtime.metrics.FamilySpec;
import dev.nacelle.runtime.metrics.RuntimeMetrics;
import dev.nacelle.runtime.metrics.SeriesScope;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What the plane counts that belongs to no worker: the connections that it ended. From any thread. */
public final class PlaneMetrics implements AutoCloseable {
    private static final FamilySpec ENDED = FamilySpec.counter(
                    "nacelle_plane_connections_dropped_total",
                    "Connections of frontends that were ended for what came over them.")
            .labelled("reason")
            .reservedForRuntime();

    /** Why a connection was ended. */
    public enum Reason {
        /** Bytes that are no frame of the protocol. */
        MALFORMED,
        /** More bytes, more connections, or more acknowledgements that nobody reads, than the limits allow. */
        LIMIT,
        /** A frame that did not come to its end in time. */
        TIMEOUT
    }

    private final SeriesScope series;
    private final Map<Reason, BoundCounter> dropped = new EnumMap<>(Reason.class);

    public PlaneMetrics(RuntimeMetrics metrics) {
        series = metrics.families().scope();
        for (var reason : Reason.values())
            dropped.put(
                    reason,
                    series.counter(ENDED, Labels.of("reason", reason.name().toLowerCase(Locale.ROOT))));
    }

    void dropped(Reason reason) {
        Objects.requireNonNull(dropped.get(reason)).increment();
    }

    @Override
    public void close() {
        series.close();
    }
}
