package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.registry.PrometheusScrapeRequest;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The page as the client library's exporters see it: the process's families and the foreign ones. */
final class MergedRegistry extends PrometheusRegistry {
    private final ScrapePage page;

    MergedRegistry(ScrapePage page) {
        this.page = page;
    }

    @Override
    public MetricSnapshots scrape() {
        return page.snapshots(NameFilter.ALL);
    }

    @Override
    public MetricSnapshots scrape(@Nullable PrometheusScrapeRequest request) {
        return scrape((Predicate<String>) null, request);
    }

    @Override
    public MetricSnapshots scrape(@Nullable Predicate<String> names) {
        return scrape(names, null);
    }

    @Override
    public MetricSnapshots scrape(@Nullable Predicate<String> names, @Nullable PrometheusScrapeRequest request) {
        String[] asked = request == null ? null : request.getParameterValues("name[]");
        return page.snapshots(asked == null ? NameFilter.ALL : new NameFilter(Set.copyOf(List.of(asked))));
    }
}
