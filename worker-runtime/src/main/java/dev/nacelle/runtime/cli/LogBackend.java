package dev.nacelle.runtime.cli;

import dev.nacelle.runtime.host.LogConfig;

/** What writes the log of a distribution; found through {@link java.util.ServiceLoader}, none when embedded. */
public interface LogBackend {
    void apply(LogConfig config);
}
