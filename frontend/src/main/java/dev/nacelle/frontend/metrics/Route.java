package dev.nacelle.frontend.metrics;

import dev.nacelle.runtime.metrics.BoundCounter;
import dev.nacelle.runtime.metrics.SeriesScope;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The counters of one model's requests of one kind to one endpoint, all of them at 0 from the beginning. */
final class Route {
    final BoundCounter started;
    final BoundCounter success;
    final BoundCounter cancellations;
    final BoundCounter rejections;
    private final Map<HttpErrorType, BoundCounter> errors = new EnumMap<>(HttpErrorType.class);
    private final @Nullable BoundCounter legacySuccess;
    private final @Nullable BoundCounter legacyError;

    Route(
            SeriesScope series,
            HttpFamilies families,
            Optional<LegacyFamilies> legacy,
            String model,
            HttpEndpoint endpoint,
            RequestType type) {
        var ofModel = Labels.of("model", model, "endpoint", endpoint.label());
        var labels = ofModel.add("request_type", type.label());
        started = series.counter(families.requestsStarted(), labels);
        success = series.counter(families.requests(), labels.merge(Labels.of("status", "success", "error_type", "")));
        for (var error : HttpErrorType.values())
            errors.put(
                    error,
                    series.counter(
                            families.requests(),
                            labels.merge(Labels.of("status", "error", "error_type", error.label()))));
        cancellations = series.counter(families.models().cancellations(), labels);
        rejections = series.counter(families.models().rejections(), ofModel);
        legacySuccess = legacy.map(old -> series.counter(old.requests(), labels.add("status", "success")))
                .orElse(null);
        legacyError = legacy.map(old -> series.counter(old.requests(), labels.add("status", "error")))
                .orElse(null);
    }

    BoundCounter error(HttpErrorType type) {
        return Objects.requireNonNull(errors.get(type));
    }

    /** Counts an ended request under one of the counters of this route. */
    void ended(BoundCounter outcome) {
        outcome.increment();
        var old = outcome == success ? legacySuccess : legacyError;
        if (old != null) old.increment();
    }
}
