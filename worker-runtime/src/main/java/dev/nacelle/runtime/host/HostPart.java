package dev.nacelle.runtime.host;

import dev.nacelle.runtime.metrics.MetricsConfig;
import dev.nacelle.runtime.system.SystemConfig;
import dev.nacelle.spi.config.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The host's own part of the configuration. */
public record HostPart(
        @Setting(value = "What this process does, in the order of start", byDefault = "[workers, frontend]")
        List<String> roles,

        @Setting(value = "First level of every worker's chain", byDefault = "dynamo")
        String namespace,

        @Setting(
                value = "How workers and frontends meet: local (in this process), or another plane that is installed",
                byDefault = "local")
        String plane,

        @Setting(value = "Jars, or folders of jars, with engines from outside the distribution", byDefault = "[]")
        List<Path> enginePath,

        @Setting(value = "The budget of a whole shutdown, counted from the signal", byDefault = "60s")
        Duration shutdownTimeout,

        @Setting(value = "The port of operators and Prometheus", byDefault = "{}")
        SystemConfig system,

        @Setting(value = "What the scrape page shows of the process", byDefault = "{}")
        MetricsConfig metrics,

        @Setting(value = "What is logged, and how", byDefault = "{}")
        LogConfig log) {
    public HostPart {
        if (roles.isEmpty()) throw new IllegalArgumentException("no roles, expected at least one");
        if (roles.stream().distinct().count() != roles.size())
            throw new IllegalArgumentException("roles %s, expected each once".formatted(roles));
        if (!namespace.matches("[a-z0-9_-]+"))
            throw new IllegalArgumentException(
                    "namespace '%s', expected lower-case letters, digits, - and _".formatted(namespace));
        if (shutdownTimeout.isNegative())
            throw new IllegalArgumentException("shutdown_timeout %s, expected 0s or more".formatted(shutdownTimeout));
    }
}
