package dev.nacelle.runtime.metrics;

import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gauge that is asked when somebody scrapes. One that throws has no sample in that scrape. */
final class ScrapedGauge implements Instrument {
    private static final Logger LOG = LoggerFactory.getLogger(ScrapedGauge.class);

    private final String name;
    private final DoubleSupplier source;
    private final AtomicBoolean complained = new AtomicBoolean();

    ScrapedGauge(String name, DoubleSupplier source) {
        this.name = name;
        this.source = source;
    }

    OptionalDouble value() {
        try {
            return OptionalDouble.of(source.getAsDouble());
        } catch (RuntimeException e) {
            if (complained.compareAndSet(false, true)) LOG.warn("gauge {} could not be read, it is left out", name, e);
            return OptionalDouble.empty();
        }
    }
}
