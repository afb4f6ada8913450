package dev.nacelle.frontend.admission;

import dev.nacelle.spi.config.Setting;
import java.nio.file.Path;
import java.util.Optional;

/** The {@code frontend.api_keys} section. With neither file nor variable, everybody may ask. */
public record ApiKeysConfig(
        @Setting(
                "File of keys, one a line: a name, sha256: and the key's SHA-256 in hexadecimal, and if it is to have a"
                        + " bound of its own, requests a minute. Read anew when it changes")
        Optional<Path> file,

        @Setting("Name of an environment variable that holds keys, separated by commas")
        Optional<String> environment,

        @Setting(
                value = "Requests a minute of each key that has no bound of its own; 0 does not bound them",
                byDefault = "0",
                min = 0)
        int requestsPerMinute) {}
