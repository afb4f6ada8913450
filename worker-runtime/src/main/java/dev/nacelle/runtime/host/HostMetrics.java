package dev.nacelle.runtime.host;

import dev.nacelle.runtime.exposition.PageRegistry;
import dev.nacelle.runtime.exposition.ScrapePage;
import dev.nacelle.runtime.exposition.SourceHealth;
import dev.nacelle.runtime.exposition.SourceLimits;
import dev.nacelle.runtime.exposition.SourceSpec;
import dev.nacelle.runtime.metrics.ForeignRegistries;
import dev.nacelle.runtime.metrics.MetricsConfig;
import dev.nacelle.runtime.metrics.RuntimeMetrics;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.spi.metrics.ExpfmtCallback;
import dev.nacelle.spi.metrics.ExpfmtOptions;
import jakarta.servlet.Servlet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The process's own families, the foreign ones, and the page that shows both. */
record HostMetrics(RuntimeMetrics runtime, ScrapePage page) implements ForeignRegistries, AutoCloseable {
    static HostMetrics open(MetricsConfig config) {
        var registry = new PageRegistry();
        var runtime = RuntimeMetrics.open(registry, config);
        return new HostMetrics(runtime, new ScrapePage(registry, runtime.families()::exactCounters));
    }

    /** Adds the foreign registries that the configuration names. */
    void addSources(MetricsConfig config, Map<String, String> autoLabels) throws StartException {
        for (var source : config.sources())
            try {
                var _ = page.sources().add(source, autoLabels);
            } catch (IllegalArgumentException e) {
                throw new StartException("metrics.sources, '%s': %s".formatted(source.name(), e.getMessage()), e);
            }
    }

    /** How the foreign registries are, for {@code /health}. */
    List<Map<String, Object>> sources() {
        return page.sources().health().stream().map(HostMetrics::json).toList();
    }

    private static Map<String, Object> json(SourceHealth source) {
        var json = new LinkedHashMap<String, Object>();
        json.put("name", source.name());
        source.age().ifPresent(age -> json.put("age_seconds", age.toMillis() / 1e3));
        json.put("series", source.series());
        json.put("complaints", source.complaints());
        source.lastError().ifPresent(error -> json.put("last_error", error));
        return json;
    }

    Servlet servlet() {
        return page.servlet();
    }

    @Override
    public Registration add(
            String source, ExpfmtOptions options, Map<String, String> autoLabels, ExpfmtCallback callback) {
        var defaults = SourceLimits.DEFAULT;
        var spec = new SourceSpec(
                source,
                format(options.format()),
                options.interval(),
                options.timeout(),
                options.maxAge(),
                options.includePrefixes(),
                options.excludePrefixes(),
                options.injectAutoLabels() ? autoLabels : Map.of(),
                new SourceLimits(options.maxSeries(), options.maxBytes(), defaults.families(), defaults.labelBytes()));
        return page.sources().add(spec, callback::render)::close;
    }

    @Override
    public void close() {
        page.close();
        runtime.close();
    }

    private static SourceSpec.InputFormat format(ExpfmtOptions.Format format) {
        return switch (format) {
            case AUTO -> SourceSpec.InputFormat.AUTO;
            case TEXT_0_0_4 -> SourceSpec.InputFormat.TEXT;
            case OPENMETRICS_1_0 -> SourceSpec.InputFormat.OPENMETRICS;
        };
    }
}
