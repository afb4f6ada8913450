package dev.nacelle.spi.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a foreign registry is read.
 *
 * @param name the {@code source} label of the bridge's own metrics; default {@code component/endpoint#n}
 * @param format the text's format; {@link Format#AUTO}: OpenMetrics when the text ends in {@code # EOF}, else 0.0.4
 * @param injectAutoLabels add {@link EngineMetrics#autoLabels} to each sample; labels already there win
 * @param interval how often the callback is called while somebody scrapes
 * @param timeout how long one call may take
 * @param maxAge how long the last good page is served when newer ones fail
 * @param includePrefixes families to keep, by prefix; empty keeps all
 * @param excludePrefixes families to drop, by prefix, after the inclusion
 * @param maxSeries most series; a registry with more is dropped whole
 * @param maxBytes most bytes of text; a registry with more is dropped whole
 */
public record ExpfmtOptions(
        Optional<String> name,
        Format format,
        boolean injectAutoLabels,
        Duration interval,
        Duration timeout,
        Duration maxAge,
        List<String> includePrefixes,
        List<String> excludePrefixes,
        int maxSeries,
        long maxBytes) {
    /** The text formats of Prometheus. */
    public enum Format {
        AUTO,
        TEXT_0_0_4,
        OPENMETRICS_1_0
    }

    /** Every 5 s with 2 s to answer, served for 60 s, at most 100 000 series and 16 MiB, labels untouched. */
    public static final ExpfmtOptions DEFAULT = new ExpfmtOptions(
            Optional.empty(),
            Format.AUTO,
            false,
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(60),
            List.of(),
            List.of(),
            100_000,
            16L << 20);

    public ExpfmtOptions {
        positive("interval", interval);
        positive("timeout", timeout);
        positive("maxAge", maxAge);
        if (maxSeries < 1) throw new IllegalArgumentException("maxSeries %d, expected at least 1".formatted(maxSeries));
        if (maxBytes < 1) throw new IllegalArgumentException("maxBytes %d, expected at least 1".formatted(maxBytes));
        includePrefixes = List.copyOf(includePrefixes);
        excludePrefixes = List.copyOf(excludePrefixes);
    }

    public ExpfmtOptions named(String value) {
        return new ExpfmtOptions(
                Optional.of(value),
                format,
                injectAutoLabels,
                interval,
                timeout,
                maxAge,
                includePrefixes,
                excludePrefixes,
                maxSeries,
                maxBytes);
    }

    public ExpfmtOptions withAutoLabels() {
        return new ExpfmtOptions(
                name, format, true, interval, timeout, maxAge, includePrefixes, excludePrefixes, maxSeries, maxBytes);
    }

    private static void positive(String what, Duration value) {
        if (value.isNegative() || value.isZero())
            throw new IllegalArgumentException("%s %s, expected more than zero".formatted(what, value));
    }
}
