package dev.nacelle.frontend;

import dev.nacelle.spi.config.Setting;

/** The {@code frontend.pages} section. */
public record FrontendPages(
        @Setting(value = "Path of the health page", byDefault = "/health")
        String health,

        @Setting(value = "Path of the liveness page", byDefault = "/live")
        String live,

        @Setting(value = "Path of the readiness page", byDefault = "")
        String ready,

        @Setting(value = "Path of the scrape page", byDefault = "/metrics")
        String metrics) {
    public FrontendPages {
        check("health", health);
        check("live", live);
        check("ready", ready);
        check("metrics", metrics);
    }

    private static void check(String page, String path) {
        if (!path.isEmpty() && (!path.startsWith("/") || path.length() == 1 || path.startsWith("/v1/")))
            throw new IllegalArgumentException(
                    "%s \"%s\", expected a path such as /%1$s, not below /v1, or nothing".formatted(page, path));
    }
}
