package dev.nacelle.runtime.exposition;

import java.time.Duration;
import java.util.Optional;

/**
 * How a foreign source is doing.
 *
 * @param name the {@code source} label
 * @param age how old the text served is; empty when none is
 * @param series samples of it that are served
 * @param lastError what went wrong at the last refresh; empty when nothing did
 * @param complaints what is wrong with the text served
 */
public record SourceHealth(
        String name, Optional<Duration> age, int series, Optional<String> lastError, int complaints) {}
