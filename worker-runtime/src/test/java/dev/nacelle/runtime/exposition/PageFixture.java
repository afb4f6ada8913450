package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A page over a registry of its own, and what it says. */
final class PageFixture implements AutoCloseable {
    final PrometheusRegistry registry = new PrometheusRegistry();
    final ScrapePage page = new ScrapePage(registry);

    PageFixture with(String source, String text) {
        page.sources().add(SourceSpec.named(source), () -> text);
        return this;
    }

    String text() {
        return write(Dialect.TEXT);
    }

    String openMetrics() {
        return write(Dialect.OPENMETRICS);
    }

    String write(Dialect dialect) {
        return write(dialect, NameFilter.ALL);
    }

    String write(Dialect dialect, NameFilter filter) {
        PageBuffer buffer = page.write(dialect, filter);
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            buffer.writeTo(out);
            return out.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            page.release(buffer);
        }
    }

    /** The page without the bridge's own families. */
    String foreignText() {
        return withoutBridge(text());
    }

    /** The page without the bridge's own families. */
    String foreignOpenMetrics() {
        return withoutBridge(openMetrics());
    }

    static String withoutBridge(String page) {
        List<String> lines =
                page.lines().filter(line -> !line.contains("nacelle_expfmt_")).toList();
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    /** The value of a sample as it stands in the page. */
    String value(String sample) {
        return text().lines()
                .filter(line -> line.startsWith(sample + " "))
                .map(line -> line.substring(sample.length() + 1))
                .findFirst()
                .orElse("absent");
    }

    @Override
    public void close() {
        page.close();
    }
}
