package dev.nacelle.runtime.metrics;

import dev.nacelle.spi.metrics.Histogram;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;

/** A histogram bound to its series, with classic and native buckets; from any thread. */
public final class BoundHistogram implements Histogram, Instrument {
    /** The client library's metric of this one series, known to no registry; its data point is what is updated. */
    private final io.prometheus.metrics.core.metrics.Histogram metric;

    private final DistributionDataPoint point;

    BoundHistogram(FamilySpec spec, Labels labels) {
        metric = io.prometheus.metrics.core.metrics.Histogram.builder()
                .name(spec.name())
                .constLabels(labels)
                .classicUpperBounds(spec.upperBounds().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray())
                // No span is current on the threads that observe; looking for one would cost each of them.
                .withoutExemplars()
                .build();
        point = metric.labelValues();
    }

    @Override
    public void observe(double value) {
        point.observe(value);
    }

    public long count() {
        return point.getCount();
    }

    public double sum() {
        return point.getSum();
    }

    List<HistogramDataPointSnapshot> points() {
        return metric.collect().getDataPoints();
    }
}
