package dev.nacelle.runtime.exposition;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** A real Prometheus in a process of its own, and what it answers. */
final class PrometheusServer implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/bin/prometheus");

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final int port;

    private PrometheusServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it, or skips the test, saying why.
     *
     * @param folder for its files
     * @param scrapes what stands under {@code scrape_configs} in its configuration
     */
    static PrometheusServer start(Path folder, String scrapes, boolean nativeHistograms) throws IOException {
        Needs.orSkip(Files.isExecutable(PROGRAM), "prometheus is not installed (Debian: apt-get install prometheus)");
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path config = Files.createDirectories(folder).resolve("prometheus.yml");
        Files.writeString(config, "scrape_configs:\n" + scrapes);
        List<String> command = new ArrayList<>(List.of(
                PROGRAM.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port));
        if (nativeHistograms) command.add("--enable-feature=native-histograms");
        return new PrometheusServer(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start(),
                port);
    }

    /** One job of {@code scrape_configs}. */
    static String job(String name, int port, String path, Duration interval) {
        return """
                - job_name: %s
                  scrape_interval: %dms
                  scrape_timeout: %dms
                  metrics_path: %s
                  static_configs:
                  - targets: ['127.0.0.1:%d']
                """.formatted(name, interval.toMillis(), interval.toMillis(), path, port);
    }

    /**
     * Waits until a query has a result.
     *
     * @param query asked for again each time
     * @throws AssertionError when it has none after a minute, with the last answer
     */
    void await(Supplier<String> query) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        String asked = "";
        String answer = "";
        while (System.nanoTime() - deadline < 0) {
            asked = query.get();
            URI uri = URI.create("http://127.0.0.1:" + port + "/api/v1/query?query="
                    + URLEncoder.encode(asked, StandardCharsets.UTF_8));
            try {
                answer = client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                        .body();
                if (answer.contains("\"value\"")) return;
            } catch (IOException e) {
                answer = e.toString(); // it is not up yet
            }
            LockSupport.parkNanos(20_000_000);
        }
        throw new AssertionError("%s: %s".formatted(asked, answer));
    }

    @Override
    public void close() {
        process.destroy();
        client.close();
    }
}
