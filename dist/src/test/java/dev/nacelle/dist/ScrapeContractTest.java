package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every family of the metrics contract on a real page, with its type and its labels. */
class ScrapeContractTest {
    private static final String CHAIN = "dynamo_component dynamo_endpoint dynamo_namespace worker_id";
    private static final String CHAIN_AND_MODEL = CHAIN + " model model_name";
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private static Served host;
    private static Client client;
    private static String page;

    @BeforeAll
    static void serveAndScrape() throws Exception {
        client = new Client();
        host = new Served(Nacelle.start(HostConfig.ofYaml("""
                system: {port: 0}
                frontend: {port: 0}
                workers: [{engine: metered}]
                """, Path.of(""))));
        var done = client.post(host.api() + "/v1/completions", body(3, false));
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        leaveInTheMiddle();
        page = scrapeUntil(text -> text.contains("engine_tokens_total{")
                && value(text, "dynamo_component_cancellation_total") == 1
                && value(text, "nacelle_cancel_propagation_seconds_count") == 1);
    }

    @AfterAll
    static void stop() {
        host.close();
        client.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // lifecycle
        "dynamo_component_model_load_time_seconds, gauge, " + CHAIN_AND_MODEL,
        "dynamo_component_drain_time_seconds, gauge, " + CHAIN_AND_MODEL,
        "dynamo_component_cleanup_time_seconds, gauge, " + CHAIN_AND_MODEL,
        "dynamo_component_uptime_seconds, gauge, worker_id",
        // data-parallel ranks
        "dynamo_component_total_blocks, gauge, " + CHAIN_AND_MODEL + " dp_rank",
        "dynamo_component_gpu_cache_usage_percent, gauge, " + CHAIN_AND_MODEL + " dp_rank",
        "dynamo_component_kv_cache_hit_rate, gauge, " + CHAIN_AND_MODEL + " dp_rank",
        "nacelle_snapshot_rejected_total, counter, " + CHAIN + " reason",
        // requests at the worker
        "dynamo_component_requests_total, counter, " + CHAIN,
        "dynamo_component_inflight_requests, gauge, " + CHAIN,
        "dynamo_component_request_duration_seconds, histogram, " + CHAIN,
        "dynamo_component_request_bytes_total, counter, " + CHAIN,
        "dynamo_component_response_bytes_total, counter, " + CHAIN,
        "dynamo_component_errors_total, counter, " + CHAIN + " error_type",
        "dynamo_component_cancellation_total, counter, " + CHAIN,
        "dynamo_work_handler_time_to_first_response_seconds, histogram, ''",
        // the HTTP service
        "dynamo_frontend_requests_total, counter, endpoint error_type model request_type status",
        "dynamo_frontend_requests_started_total, counter, endpoint model request_type",
        "dynamo_frontend_active_requests, gauge, model",
        "dynamo_frontend_inflight_requests, gauge, model",
        "dynamo_frontend_queued_requests, gauge, model",
        "dynamo_frontend_disconnected_clients, gauge, ''",
        "dynamo_frontend_request_duration_seconds, histogram, model",
        "dynamo_frontend_input_sequence_tokens, histogram, model",
        "dynamo_frontend_output_sequence_tokens, histogram, model",
        "dynamo_frontend_output_tokens_total, counter, model",
        "dynamo_frontend_time_to_first_token_seconds, histogram, model",
        "dynamo_frontend_inter_token_latency_seconds, histogram, model",
        "dynamo_frontend_tokenizer_latency_ms, histogram, operation",
        "dynamo_frontend_model_migration_limit, gauge, model",
        "dynamo_frontend_model_workers, gauge, model",
        "dynamo_frontend_model_ready, gauge, model",
        "dynamo_frontend_model_migration_total, counter, migration_type model",
        "dynamo_frontend_model_cancellation_total, counter, endpoint model request_type",
        "dynamo_frontend_model_rejection_total, counter, endpoint model",
        "nv_llm_http_service_requests_total, counter, endpoint model request_type status",
        "nv_llm_http_service_inflight_requests, gauge, model",
        "nv_llm_http_service_request_duration_seconds, histogram, model",
        // the bridge's own health
        "nacelle_expfmt_callback_duration_seconds, histogram, source",
        "nacelle_expfmt_callback_failures_total, counter, reason source",
        "nacelle_expfmt_families_dropped_total, counter, reason source",
        "nacelle_expfmt_series_dropped_total, counter, reason source",
        "nacelle_expfmt_unsayable_total, counter, format source",
        "nacelle_expfmt_age_seconds, gauge, source",
        "nacelle_cancel_propagation_seconds, histogram, runtime",
        "nacelle_engine_info, gauge, engine runtime version",
        // the engine's own, and a foreign registry's with auto-labels
        "dynamo_component_queue_depth, gauge, " + CHAIN_AND_MODEL + " lane",
        "dynamo_component_steps_total, counter, " + CHAIN_AND_MODEL,
        "engine_tokens_total, counter, " + CHAIN_AND_MODEL + " kind",
        "jvm_memory_used_bytes, gauge, area",
    })
    void familyIsOnThePage(String family, String type, String labels) {
        assertThat(page).contains("# TYPE %s %s\n".formatted(family, type));
        var expected = Arrays.stream(labels.split(" "))
                .filter(label -> !label.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(labelSets(family, type))
                .isNotEmpty()
                .allSatisfy(seen -> assertThat(seen).isEqualTo(expected));
    }

    @Test
    void eachFamilyHasOneHelpAndOneType() {
        assertThat(count("# TYPE "))
                .doesNotContainValue(2L)
                .allSatisfy((_, n) -> assertThat(n).isEqualTo(1));
        assertThat(count("# HELP ")).allSatisfy((_, n) -> assertThat(n).isEqualTo(1));
    }

    @Test
    void aRankWithoutAMeasuredHitRateHasNone() {
        assertThat(page.lines().filter(line -> line.startsWith("dynamo_component_kv_cache_hit_rate{")))
                .singleElement()
                .asString()
                .contains("dp_rank=\"0\"")
                .endsWith(" 0.5");
        assertThat(page.lines().filter(line -> line.startsWith("dynamo_component_total_blocks{")))
                .hasSize(2);
    }

    @Test
    void theFrontendsPortShowsTheSamePage() throws Exception {
        var there = client.get(host.api() + "/metrics").body();
        assertThat(types(there))
                .isEqualTo(types(client.get(host.system() + "/metrics").body()));
        assertThat(client.get(host.api() + "/health").statusCode()).isEqualTo(200);
        assertThat(client.get(host.api() + "/live").statusCode()).isEqualTo(200);
    }

    @Test
    void openMetricsAndProtobufAreServedToThoseWhoAsk() throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var openMetrics = HttpRequest.newBuilder(URI.create(host.system() + "/metrics"))
                    .header("Accept", "application/openmetrics-text; version=1.0.0")
                    .build();
            assertThat(http.send(openMetrics, BodyHandlers.ofString()).body()).endsWith("# EOF\n");
            var protobuf = HttpRequest.newBuilder(URI.create(host.system() + "/metrics"))
                    .header(
                            "Accept",
                            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited")
                    .build();
            var response = http.send(protobuf, BodyHandlers.ofByteArray());
            assertThat(response.headers().firstValue("content-type").orElseThrow())
                    .contains("protobuf");
            assertThat(response.body()).isNotEmpty();
        }
    }

    /** Starts a stream and closes the connection at its first token. */
    private static void leaveInTheMiddle() throws Exception {
        var uri = URI.create(host.api());
        var json = body(1, true);
        try (var socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.getOutputStream()
                    .write(
                            "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                                    .formatted(json.length(), json)
                                    .getBytes(StandardCharsets.US_ASCII));
            var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (String line; (line = reader.readLine()) != null; ) if (line.startsWith("data: {")) break;
        }
    }

    private static String scrapeUntil(Predicate<String> complete) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        String text;
        do {
            text = client.get(host.system() + "/metrics").body();
            if (complete.test(text)) return text;
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        } while (System.nanoTime() < end);
        throw new AssertionError("the page never became complete:\n" + text);
    }

    private static double value(String text, String sample) {
        return text.lines()
                .filter(line -> line.startsWith(sample + "{") || line.startsWith(sample + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static List<Set<String>> labelSets(String family, String type) {
        var sample = type.equals("histogram") ? family + "_count" : family;
        return page.lines()
                .map(SAMPLE::matcher)
                .filter(matcher -> matcher.matches() && matcher.group(1).equals(sample))
                .map(matcher -> labels(matcher.group(2) == null ? "" : matcher.group(2)))
                .toList();
    }

    private static Set<String> labels(String text) {
        return LABEL.matcher(text)
                .results()
                .map(label -> label.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, Long> count(String start) {
        var counts = new HashMap<String, Long>();
        page.lines()
                .filter(line -> line.startsWith(start))
                .forEach(line ->
                        counts.merge(line.substring(start.length(), line.indexOf(" ", start.length())), 1L, Long::sum));
        return counts;
    }

    private static Set<String> types(String text) {
        return text.lines().filter(line -> line.startsWith("# TYPE ")).collect(Collectors.toSet());
    }

    private static String body(int tokens, boolean stream) {
        return "{\"model\": \"metered-model\", \"prompt\": \"abc\", \"max_tokens\": %d, \"stream\": %s}"
                .formatted(tokens, stream);
    }
}
