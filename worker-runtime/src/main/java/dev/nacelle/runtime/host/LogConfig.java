package dev.nacelle.runtime.host;

import dev.nacelle.spi.config.Setting;

/** The {@code log} section. An application that embeds the host configures its own logging instead. */
public record LogConfig(
        @Setting(value = "One line a record for people, or one JSON object", byDefault = "text")
        Format format,

        @Setting(value = "The least severe level that is logged", byDefault = "info")
        Level level) {
    /** How a record is written. */
    public enum Format {
        TEXT,
        JSON
    }

    /** As in SLF4J. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }
}
