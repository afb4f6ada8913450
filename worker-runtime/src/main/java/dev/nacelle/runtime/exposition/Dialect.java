package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.model.snapshots.PrometheusNaming;
import java.util.Locale;

/**
 * A text format and what it does to names that need quotes.
 *
 * @param format the grammar
 * @param escaping how such names are written
 */
record Dialect(Format format, EscapingScheme escaping) {
    enum Format {
        TEXT,
        OPENMETRICS;

        /** As the {@code format} label names it. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final Dialect TEXT = new Dialect(Format.TEXT, EscapingScheme.UNDERSCORE_ESCAPING);
    static final Dialect OPENMETRICS = new Dialect(Format.OPENMETRICS, EscapingScheme.UNDERSCORE_ESCAPING);

    /** A metric's name without its suffix, or a label's name, as this dialect writes it, before any quotes. */
    String name(String name) {
        return switch (escaping) {
            case ALLOW_UTF8 -> name;
            // Doubles underscores, so that it changes names that need no quotes, too.
            case DOTS_ESCAPING -> PrometheusNaming.escapeName(name, escaping);
            case UNDERSCORE_ESCAPING, VALUE_ENCODING_ESCAPING ->
                Names.isLegacyMetric(name) ? name : PrometheusNaming.escapeName(name, escaping);
        };
    }
}
