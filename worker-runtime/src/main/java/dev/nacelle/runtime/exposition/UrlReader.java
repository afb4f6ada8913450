package dev.nacelle.runtime.exposition;

import dev.nacelle.runtime.config.SecretFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** Reads another process's page over HTTP. */
final class UrlReader implements Source.Reader, AutoCloseable {
    private static final String ACCEPT =
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    private final HttpClient client;
    private final HttpRequest.Builder request;
    private final Optional<SecretFile> token;

    /** @param token goes out as {@code Authorization: Bearer}; its file is read for every request */
    UrlReader(URI url, Map<String, String> headers, Optional<SecretFile> token, Duration timeout) {
        if (!"http".equals(url.getScheme()) && !"https".equals(url.getScheme()))
            throw new IllegalArgumentException("url '%s', expected http:// or https://".formatted(url));
        client = HttpClient.newBuilder()
                .connectTimeout(timeout)
                // A redirect takes the headers along: what is secret goes nowhere but where it was meant to.
                .followRedirects(
                        headers.isEmpty() && token.isEmpty() ? HttpClient.Redirect.NORMAL : HttpClient.Redirect.NEVER)
                .build();
        this.token = token;
        request = HttpRequest.newBuilder(url)
                .timeout(timeout)
                .header("Accept", ACCEPT)
                .header("Accept-Encoding", "gzip");
        headers.forEach(this::setHeader);
    }

    /** The client's own message would tell the value. */
    private void setHeader(String name, String value) {
        try {
            request.setHeader(name, value);
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException(
                    "header '%s', expected the name and the value (on one line) of a header that a client may set"
                            .formatted(name));
        }
    }

    @Override
    public byte[] read(SourceLimits limits) throws IOException, InterruptedException, TooLarge {
        HttpRequest next = authorized();
        HttpResponse<InputStream> response = client.send(next, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200)
                throw new IOException("%s answered %d".formatted(shown(next.uri()), response.statusCode()));
            boolean zipped =
                    response.headers().firstValue("Content-Encoding").orElse("").equalsIgnoreCase("gzip");
            // The limit holds for what comes out: a small answer may unfold to anything.
            try (InputStream text = zipped ? new GZIPInputStream(body) : body) {
                return readAtMost(text, limits.bytes());
            }
        }
    }

    private HttpRequest authorized() throws IOException {
        HttpRequest.Builder next = request.copy();
        if (token.isPresent()) {
            String secret = token.get().read();
            try {
                next.setHeader("Authorization", "Bearer " + secret);
            } catch (IllegalArgumentException _) {
                // The client's own message would tell it.
                throw new IOException("%s: expected a token on one line".formatted(token.get()));
            }
        }
        return next.build();
    }

    /** Without what may be a secret: user and query. */
    private static String shown(URI uri) {
        return "%s://%s%s"
                .formatted(
                        uri.getScheme(),
                        uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort(),
                        uri.getRawPath());
    }

    static byte[] readAtMost(InputStream in, long bytes) throws IOException, TooLarge {
        byte[] text = in.readNBytes((int) Math.min(bytes + 1, Integer.MAX_VALUE - 16));
        if (text.length > bytes) throw TooLarge.bytes(-1, bytes);
        return text;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
