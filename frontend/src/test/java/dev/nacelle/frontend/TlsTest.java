package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The port with a certificate, as real clients see it. */
@Timeout(60)
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void completionsStreamOverTls(HttpClient.Version version) throws Exception {
        var certificate = identity("localhost");
        try (var fixture = secure();
                var engine = fixture.engine();
                var client = client(version, certificate)) {
            fixture.whenReady();
            var answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return client.send(
                            request(fixture, "/v1/completions")
                                    .POST(BodyPublishers.ofString(completionBody("x", ",\"stream\":true")))
                                    .build(),
                            BodyHandlers.ofString());
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            engine.take().say("hello").finish(FinishReason.STOP, new Usage(1, 5));
            assertThat(answer.get().version()).isEqualTo(version);
            assertThat(answer.get().body()).contains("\"text\":\"o\"", "[DONE]");
        }
    }

    @Test
    void theCertificateIsReadAnewWhenItsFileChanges() throws Exception {
        identity("localhost");
        try (var fixture = secure()) {
            var renewed = identity("localhost");
            var later = FileTime.from(Instant.now().plusSeconds(9));
            for (var file : new String[] {"certificate.pem", "key.pem"})
                Files.setLastModifiedTime(folder.resolve(file), later);
            while (true) {
                try (var client = client(HttpClient.Version.HTTP_1_1, renewed)) {
                    if (client.send(request(fixture, "/v1/models").build(), BodyHandlers.discarding())
                                    .statusCode()
                            == 200) break;
                } catch (SSLHandshakeException _) {
                    Thread.onSpinWait(); // still the old one, which this client does not know
                }
            }
        }
    }

    @Test
    void whatIsNoIdentityKeepsTheFrontendFromStarting() throws Exception {
        identity("localhost");
        Files.writeString(folder.resolve("key.pem"), "-----BEGIN ENCRYPTED PRIVATE KEY-----");
        assertThatThrownBy(this::secure)
                .hasMessageContaining("key.pem")
                .hasMessageContaining("expected PEM with BEGIN PRIVATE KEY");
        assertThatThrownBy(() -> new FrontendFixture("tls.key=x")).hasMessageContaining("expected both or none");
    }

    private FrontendFixture secure() throws Exception {
        return new FrontendFixture(
                "tls.certificate=" + folder.resolve("certificate.pem"), "tls.key=" + folder.resolve("key.pem"));
    }

    private static HttpRequest.Builder request(FrontendFixture fixture, String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + fixture.port() + path));
    }

    /** Makes a key and a certificate with the JDK's own tool, as PEM files. */
    private X509Certificate identity(String name) throws Exception {
        var store = folder.resolve("identity.p12");
        Files.deleteIfExists(store);
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var made = new ProcessBuilder(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=dns:" + name,
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(made.waitFor()).as("keytool").isZero();
        var keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        pem("key.pem", "PRIVATE KEY", keys.getKey("a", PASSWORD).getEncoded());
        var encoded = keys.getCertificate("a").getEncoded();
        pem("certificate.pem", "CERTIFICATE", encoded);
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }

    private void pem(String file, String type, byte[] content) throws Exception {
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN %s-----\n%s\n-----END %1$s-----\n"
                        .formatted(type, Base64.getMimeEncoder().encodeToString(content)));
    }

    private static HttpClient client(HttpClient.Version version, X509Certificate trusted) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("a", trusted);
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().version(version).sslContext(context).build();
    }
}
