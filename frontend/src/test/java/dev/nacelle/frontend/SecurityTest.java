package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may ask. */
@Timeout(60)
class SecurityTest {
    @TempDir
    Path folder;

    @Test
    void withoutAKeyOrWithAWrongOneNothingIsServed() throws Exception {
        var file = keys("alice " + hash("secret-a"));
        try (var fixture = new FrontendFixture("api_keys.file=" + file);
                var engine = fixture.engine()) {
            fixture.whenReady();
            for (var authorization : new String[] {"", "Bearer", "Bearer wrong", "Basic secret-a", "secret-a"}) {
                var refused = complete(fixture, authorization);
                assertThat(refused.statusCode()).isEqualTo(401);
                assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
                assertThat(refused.body()).contains("invalid_api_key").doesNotContain("secret-a");
            }
            assertThat(fixture.get("/v1/models").statusCode()).isEqualTo(401);
            assertThat(fixture.get("/health").statusCode()).isEqualTo(200);
            assertThat(engine.isIdle()).isTrue();
            serveOne(engine);
            assertThat(complete(fixture, "bearer secret-a").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void keysAreReadAnewWhenTheirFileChanges() throws Exception {
        var file = keys("alice " + hash("secret-a"));
        try (var fixture = new FrontendFixture("api_keys.file=" + file)) {
            assertThat(models(fixture, "secret-a")).isEqualTo(200);
            change(file, "bob " + hash("secret-b"));
            while (models(fixture, "secret-b") != 200) Thread.onSpinWait();
            assertThat(models(fixture, "secret-a")).isEqualTo(401);
            // What cannot be read changes nothing.
            change(file, "carol secret-c");
            change(folder.resolve("other"), "");
            for (int i = 0; i < 20; i++) assertThat(models(fixture, "secret-b")).isEqualTo(200);
        }
    }

    @Test
    void aKeyThatIsUsedTooOftenHasToWait() throws Exception {
        var file = keys("# comment", "", "alice " + hash("secret-a") + " 3", "bob " + hash("secret-b"));
        try (var fixture = new FrontendFixture("api_keys.file=" + file)) {
            for (int i = 0; i < 3; i++) assertThat(models(fixture, "secret-a")).isEqualTo(200);
            var refused = fixture.send(fixture.request("/v1/models")
                    .header("Authorization", "Bearer secret-a")
                    .build());
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow())
                    .isBetween(1L, 20L);
            for (int i = 0; i < 10; i++) assertThat(models(fixture, "secret-b")).isEqualTo(200);
        }
    }

    @Test
    void aFileThatIsNoneOfKeysKeepsTheFrontendFromStarting() throws Exception {
        var file = keys("alice secret-a");
        assertThatThrownBy(() -> new FrontendFixture("api_keys.file=" + file))
                .hasMessageContaining("frontend.api_keys.file")
                .hasMessageContaining("line 1")
                .hasMessageNotContaining("secret-a");
        assertThatThrownBy(() -> new FrontendFixture("api_keys.environment=NO_SUCH_VARIABLE"))
                .hasMessageContaining("expected at least one");
    }

    private static void serveOne(DrivenEngine engine) {
        Thread.startVirtualThread(() -> {
            try {
                engine.take().say("x").finish(FinishReason.STOP, new Usage(1, 1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static int models(FrontendFixture fixture, String key) throws IOException, InterruptedException {
        return fixture.send(fixture.request("/v1/models")
                        .header("Authorization", "Bearer " + key)
                        .build())
                .statusCode();
    }

    private static HttpResponse<String> complete(FrontendFixture fixture, String authorization)
            throws IOException, InterruptedException {
        var request = fixture.request("/v1/completions").POST(BodyPublishers.ofString(completionBody("x", "")));
        if (!authorization.isEmpty()) request.header("Authorization", authorization);
        return fixture.send(request.build());
    }

    private Path keys(String... lines) throws IOException {
        return Files.write(folder.resolve("keys"), List.of(lines));
    }

    private static void change(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(text.length())));
    }

    private static String hash(String key) throws Exception {
        return "sha256:"
                + HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    }
}
