package dev.nacelle.frontend;

import dev.nacelle.spi.config.Setting;

/** What the role {@code frontend} reads of the configuration. */
public record FrontendPart(
        @Setting(value = "The OpenAI-compatible HTTP API", byDefault = "{}")
        FrontendConfig frontend) {}
