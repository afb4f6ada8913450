package dev.nacelle.dist;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** A small client for tests. */
final class Client implements AutoCloseable {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> post(String url, String json) throws IOException, InterruptedException {
        return http.send(request(url, json), BodyHandlers.ofString());
    }

    /** Starts a stream; its lines come with the future, {@code begun} is counted down at the first token. */
    CompletableFuture<List<String>> stream(String url, String json, CountDownLatch begun) {
        return http.sendAsync(request(url, json), BodyHandlers.ofLines()).thenApplyAsync(response -> {
            try (Stream<String> lines = response.body()) {
                return lines.peek(line -> {
                            if (line.startsWith("data: {")) begun.countDown();
                        })
                        .toList();
            }
        });
    }

    private static HttpRequest request(String url, String json) {
        return HttpRequest.newBuilder(URI.create(url))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
    }

    @Override
    public void close() {
        http.close();
    }
}
