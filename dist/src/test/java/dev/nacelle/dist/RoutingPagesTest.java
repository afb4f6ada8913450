package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nacelle.runtime.config.ConfigSource;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Does what docs/routing.md and docs/simulated.md tell a reader to do, with the text that stands there. */
@Timeout(120)
class RoutingPagesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern HEADERS_OF_A_ROW = Pattern.compile("^\\| (`x-nacelle-.*?`) \\|", Pattern.MULTILINE);
    private static final Pattern HEADER = Pattern.compile("`(x-nacelle-[a-z-]+)");
    private static final Pattern CONTROL_OF_A_ROW =
            Pattern.compile("^\\| `(\\w+)` \\| `(\\{.*?})` \\|", Pattern.MULTILINE);

    @Test
    void theConfigurationOfTheRoutingPageRoutesAndTakesEveryHeaderOfIt() throws Exception {
        var page = page("routing.md");
        try (var served = serve(block(page, "yaml"));
                var http = HttpClient.newHttpClient()) {
            var router = json(get(http, served.system() + "/router"));
            assertThat(router.path("mode").asText()).isEqualTo("kv");
            var workers = router.at("/models/0/pools/0/workers");
            assertThat(workers).hasSize(8);
            assertThat(router.at("/models/0/pools/0/block_size").asInt()).isEqualTo(64);
            var values = Map.of(
                    "x-nacelle-worker", workers.path(3).path("worker").asText(),
                    "x-nacelle-rank", "0",
                    "x-nacelle-session", "anna",
                    "x-nacelle-router-mode", "kv_approx",
                    "x-nacelle-overlap-weight", "2.5",
                    "x-nacelle-router-temperature", "0.5",
                    "x-nacelle-queue", "never",
                    "x-nacelle-explain", "1");
            assertThat(headers(page)).containsExactlyInAnyOrderElementsOf(values.keySet());
            for (var header : values.entrySet())
                assertThat(complete(http, served, Map.ofEntries(header)).statusCode())
                        .as(header.toString())
                        .isEqualTo(200);
            var explained = complete(http, served, values).headers();
            assertThat(explained.firstValue("x-nacelle-worker")).contains(values.get("x-nacelle-worker"));
            assertThat(explained.firstValue("x-nacelle-rank")).contains("0");
            assertThat(explained.firstValue("x-nacelle-route").orElseThrow())
                    .matches(
                            "mode=kv_approx; reason=direct; candidates=1; cost=.*; blocks=.*; cached_blocks=.*; micros=.*");
        }
    }

    @Test
    void theCommandAndEveryControlOfTheSimulatedPageAreAnswered() throws Exception {
        var page = page("simulated.md");
        try (var served = serve(block(page, "yaml"));
                var http = HttpClient.newHttpClient()) {
            var command = block(page, "sh").replace("http://127.0.0.1:8081", served.system());
            var slowed = json(run(command)).elements().next();
            assertThat(slowed.path("status").asText()).as(slowed.toString()).isEqualTo("ok");
            assertThat(slowed.path("ranks")).hasSize(2);
            var controls = new TreeMap<String, String>();
            for (var row = CONTROL_OF_A_ROW.matcher(page); row.find(); ) controls.put(row.group(1), row.group(2));
            assertThat(controls).hasSize(8);
            for (var control : controls.entrySet()) {
                var request = HttpRequest.newBuilder(
                                URI.create(served.system() + "/engine/control/" + control.getKey()))
                        .POST(HttpRequest.BodyPublishers.ofString(control.getValue()));
                var answer = http.send(request.build(), BodyHandlers.ofString());
                assertThat(json(answer.body()).elements().next().path("status").asText())
                        .as("%s: %s", control, answer.body())
                        .isEqualTo("ok");
            }
        }
    }

    private static Served serve(String yaml) throws Exception {
        var source = ConfigSource.empty(Path.of(""))
                .withText(yaml, Path.of(""))
                .withSet("system.port=0")
                .withSet("system.controls=true")
                .withSet("frontend.port=0");
        return new Served(Nacelle.start(HostConfig.load(source)));
    }

    private static HttpResponse<String> complete(HttpClient http, Served served, Map<String, String> headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(served.api() + "/v1/completions"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\": \"simulated\", \"prompt\": \"hello\", \"max_tokens\": 1}"));
        headers.forEach(request::header);
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static String get(HttpClient http, String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    private static String run(String command) throws IOException, InterruptedException {
        Tool.find("curl", "curl");
        var process = new ProcessBuilder("bash", "-ec", command)
                .redirectError(ProcessBuilder.Redirect.DISCARD) // curl's progress
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static String page(String name) throws IOException {
        return Files.readString(Path.of("..", "docs", name));
    }

    /** The page's first block in that language. */
    private static String block(String page, String language) {
        int begin = page.indexOf("```" + language + "\n");
        assertThat(begin).as(language).isNotNegative();
        begin = page.indexOf('\n', begin) + 1;
        return page.substring(begin, page.indexOf("```", begin));
    }

    /** What callers may say, by the page's table. */
    private static List<String> headers(String page) {
        return HEADERS_OF_A_ROW
                .matcher(page)
                .results()
                .flatMap(row -> HEADER.matcher(row.group(1)).results())
                .map(name -> name.group(1))
                .toList();
    }
}
