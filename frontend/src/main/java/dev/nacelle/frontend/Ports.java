package dev.nacelle.frontend;

import dev.nacelle.runtime.config.ConfigException;
import dev.nacelle.runtime.config.Configuration;
import dev.nacelle.runtime.config.EffectiveSetting;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The API's port and the system port, which have different people on the other side. */
final class Ports {
    private static final Set<String> ANY = Set.of("0.0.0.0", "::");

    private Ports() {}

    private static String unquoted(String yaml) {
        return yaml.replaceAll("^([\"'])(.*)\\1$", "$2");
    }

    /** @throws ConfigException when both are to be the same; names the settings */
    static void check(Configuration configuration) {
        var settings = configuration.effective().stream()
                .collect(Collectors.toMap(EffectiveSetting::path, setting -> unquoted(setting.value())));
        var port = settings.getOrDefault("frontend.port", "0");
        var system = settings.getOrDefault("system.port", "0");
        if (port.equals("0") || !port.equals(system)) return;
        var host = settings.getOrDefault("frontend.host", "0.0.0.0");
        var systemHost = settings.getOrDefault("system.host", "0.0.0.0");
        if (!host.equals(systemHost) && !ANY.contains(host) && !ANY.contains(systemHost)) return;
        throw configuration.mistake(
                "frontend.port",
                "another than that of system.port: callers of the API and operators do not share a port",
                List.of());
    }
}
