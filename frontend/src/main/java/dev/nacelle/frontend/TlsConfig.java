package dev.nacelle.frontend;

import dev.nacelle.spi.config.Setting;
import java.nio.file.Path;
import java.util.Optional;

/** The {@code frontend.tls} section. Both files or none. */
public record TlsConfig(
        @Setting(
                "PEM file with the server's certificate and those that lead to its authority. Read anew when it changes")
        Optional<Path> certificate,

        @Setting("PEM file with the certificate's private key, PKCS#8 and not encrypted. Read anew when it changes")
        Optional<Path> key) {
    public TlsConfig {
        if (certificate.isPresent() != key.isPresent())
            throw new IllegalArgumentException("certificate and key: found one of them, expected both or none");
    }
}
