package dev.nacelle.runtime.host;

import dev.nacelle.runtime.exposition.PageRegistry;
import dev.nacelle.runtime.exposition.ScrapePage;
import dev.nacelle.runtime.exposition.SourceLimits;
import dev.nacelle.runtime.exposition.SourceSpec;
import dev.nacelle.runtime.metrics.ForeignRegistries;
import dev.nacelle.runtime.metrics.MetricsConfig;
import dev.nacelle.runtime.metrics.RuntimeMetrics;
import dev.nacelle.spi.metrics.ExpfmtCallback;
import dev.nacelle.spi.metrics.ExpfmtOptions;
import jakarta.servlet.Servlet;
import java.util.Map;

/** The process's own families, the foreign ones, and the page that shows both. */
record HostMetrics(RuntimeMetrics runtime, ScrapePage page) implements ForeignRegistries, AutoCloseable {
    static HostMetrics open(MetricsConfig config) {
        var registry = new PageRegistry();
        var runtime = RuntimeMetrics.open(registry, config);
        return new HostMetrics(runtime, new ScrapePage(registry, runtime.families()::exactCounters));
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
