package dev.nacelle.frontend.metrics;

import dev.nacelle.runtime.metrics.BoundCounter;
import dev.nacelle.runtime.metrics.BoundHistogram;
import dev.nacelle.runtime.metrics.SeriesScope;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What has been counted and timed for a model's name; stays on the page when the model goes, and counts on if it returns. */
final class ModelHistory {
    final BoundHistogram duration;
    final @Nullable BoundHistogram legacyDuration;
    final BoundHistogram inputTokens;
    final BoundHistogram cachedTokens;
    final BoundHistogram outputSequence;
    final BoundCounter outputTokens;
    final BoundHistogram timeToFirstToken;
    final BoundHistogram interTokenLatency;
    private final Map<HttpEndpoint, Map<RequestType, Route>> routes = new EnumMap<>(HttpEndpoint.class);
    private final Map<MigrationType, BoundCounter> migrations = new EnumMap<>(MigrationType.class);

    ModelHistory(
            SeriesScope series,
            HttpFamilies families,
            Optional<LegacyFamilies> legacy,
            String model,
            Set<HttpEndpoint> offered) {
        var labels = Labels.of("model", model);
        duration = series.histogram(families.duration(), labels);
        legacyDuration =
                legacy.map(old -> series.histogram(old.duration(), labels)).orElse(null);
        inputTokens = series.histogram(families.inputTokens(), labels);
        cachedTokens = series.histogram(families.cachedTokens(), labels);
        outputSequence = series.histogram(families.outputSequence(), labels);
        outputTokens = series.counter(families.outputTokens(), labels);
        timeToFirstToken = series.histogram(families.timeToFirstToken(), labels);
        interTokenLatency = series.histogram(families.interTokenLatency(), labels);
        for (var endpoint : offered) {
            var types = new EnumMap<RequestType, Route>(RequestType.class);
            for (var type : RequestType.values())
                types.put(type, new Route(series, families, legacy, model, endpoint, type));
            routes.put(endpoint, types);
        }
        for (var type : MigrationType.values())
            migrations.put(
                    type, series.counter(families.models().migrations(), labels.add("migration_type", type.label())));
    }

    Route route(HttpEndpoint endpoint, RequestType type) {
        var types = routes.get(endpoint);
        var route = types == null ? null : types.get(type);
        if (route == null)
            throw new IllegalArgumentException(
                    "endpoint %s, expected one of those offered: %s".formatted(endpoint.label(), routes.keySet()));
        return route;
    }

    void migrated(MigrationType type) {
        var counter = migrations.get(type);
        if (counter != null) counter.increment();
    }
}
