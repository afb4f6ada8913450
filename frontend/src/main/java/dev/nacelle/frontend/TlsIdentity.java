package dev.nacelle.frontend;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Certificate and key of the port, from their PEM files; new connections get new ones when the files change. */
final class TlsIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(TlsIdentity.class);
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    /** Of a store that never leaves memory. */
    private static final String PASSWORD = "unused";

    private final Path certificate;
    private final Path key;
    private final SslContextFactory.Server context = new SslContextFactory.Server();
    private List<FileTime> modified;

    /** @throws IOException when they cannot be read; the message names the file */
    TlsIdentity(Path certificate, Path key) throws IOException {
        this.certificate = certificate;
        this.key = key;
        modified = modified();
        context.setKeyStore(store());
        context.setKeyStorePassword(PASSWORD);
        context.setExcludeProtocols("TLSv1", "TLSv1.1");
    }

    SslContextFactory.Server context() {
        return context;
    }

    /** Reads the files again if they have changed; what cannot be used is reported, and the old ones stay. By one thread. */
    void reload() {
        try {
            var now = modified();
            if (now.equals(modified)) return;
            // Noted before they are read: what is wrong with them is said once.
            modified = now;
            var store = store();
            context.reload(factory -> factory.setKeyStore(store));
            LOG.info("{}: the certificate was read anew", certificate);
        } catch (NoSuchFileException e) {
            if (!modified.isEmpty()) LOG.error("{} is gone, the certificate from before stays", e.getFile(), e);
            modified = List.of();
        } catch (Exception e) {
            LOG.error("the certificate from before stays: {}", e.getMessage(), e);
        }
    }

    private List<FileTime> modified() throws IOException {
        return List.of(Files.getLastModifiedTime(certificate), Files.getLastModifiedTime(key));
    }

    private KeyStore store() throws IOException {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", privateKey(), PASSWORD.toCharArray(), chain());
            return store;
        } catch (GeneralSecurityException e) {
            throw new IOException("%s and %s are no identity: %s".formatted(certificate, key, e.getMessage()), e);
        }
    }

    private Certificate[] chain() throws IOException, GeneralSecurityException {
        var chain = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(certificate)));
        if (chain.isEmpty()) throw new IOException("%s: found no certificate, expected PEM".formatted(certificate));
        return chain.toArray(Certificate[]::new);
    }

    private PrivateKey privateKey() throws IOException, GeneralSecurityException {
        var text = KEY.matcher(Files.readString(key, StandardCharsets.US_ASCII));
        if (!text.find())
            throw new IOException(
                    "%s: found no private key, expected PEM with BEGIN PRIVATE KEY (PKCS#8, not encrypted)"
                            .formatted(key));
        var encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text.group(1)));
        for (var algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                LOG.debug("{}: no {} key", key, algorithm, e);
            }
        }
        throw new IOException("%s: found an unknown kind of key, expected one of %s".formatted(key, ALGORITHMS));
    }
}
