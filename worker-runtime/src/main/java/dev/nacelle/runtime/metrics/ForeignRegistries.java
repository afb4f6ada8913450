package dev.nacelle.runtime.metrics;

import dev.nacelle.spi.metrics.ExpfmtCallback;
import dev.nacelle.spi.metrics.ExpfmtOptions;
import java.util.Map;

/** Where an engine's foreign registries go to be merged into the page. */
@FunctionalInterface
public interface ForeignRegistries {
    /** A foreign registry on the page. */
    interface Registration extends AutoCloseable {
        /** Takes the registry and its families off the page; idempotent. */
        @Override
        void close();
    }

    /**
     * Adds a registry.
     *
     * @param source the {@code source} label of the bridge's own metrics
     * @param autoLabels what each sample gets if the options ask for it
     */
    Registration add(String source, ExpfmtOptions options, Map<String, String> autoLabels, ExpfmtCallback callback);
}
