package dev.nacelle.dynamo.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * An etcd, spoken to through its JSON gateway ({@code /v3/…}). An instance has a lease whose id is its own, and its
 * entries go with it.
 */
public final class EtcdStore implements DiscoveryStore {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final List<URI> endpoints;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private volatile int preferred;

    /** @param endpoints tried in turn; the one that answered last goes first */
    public EtcdStore(List<URI> endpoints) {
        if (endpoints.isEmpty()) throw new IllegalArgumentException("no etcd endpoint, expected at least one");
        this.endpoints = List.copyOf(endpoints);
    }

    @Override
    public List<String> list(Entry.Bucket bucket, String prefix) throws IOException, InterruptedException {
        var start = bucket.path() + "/" + prefix;
        var end = start.substring(0, start.length() - 1) + (char) (start.charAt(start.length() - 1) + 1);
        var found = ask(
                "kv/range", JSON.createObjectNode().put("key", base64(start)).put("range_end", base64(end)));
        var values = new ArrayList<String>();
        for (var each : found.path("kvs"))
            values.add(new String(Base64.getDecoder().decode(each.path("value").asText()), StandardCharsets.UTF_8));
        return values;
    }

    @Override
    public void put(long instanceId, List<Entry> entries) throws IOException, InterruptedException {
        if (!isAlive(instanceId))
            ask("lease/grant", JSON.createObjectNode().put("TTL", LEASE_SECONDS).put("ID", instanceId));
        for (var entry : entries)
            ask(
                    "kv/put",
                    JSON.createObjectNode()
                            .put("key", base64(key(entry)))
                            .put("value", base64(entry.json()))
                            .put("lease", instanceId));
    }

    @Override
    public boolean renew(long instanceId, List<Entry> entries) throws IOException, InterruptedException {
        if (!isAlive(instanceId)) return false;
        // A lease may outlive its keys: somebody may have deleted them.
        for (var entry : entries) {
            var found = ask(
                    "kv/range",
                    JSON.createObjectNode().put("key", base64(key(entry))).put("count_only", true));
            if (found.path("count").asLong() == 0) return false;
        }
        return true;
    }

    @Override
    public void remove(long instanceId, List<Entry> entries) throws IOException, InterruptedException {
        for (var entry : entries.reversed())
            ask("kv/deleterange", JSON.createObjectNode().put("key", base64(key(entry))));
        if (isAlive(instanceId)) ask("lease/revoke", JSON.createObjectNode().put("ID", instanceId));
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** Renews the lease. @return false when there is none */
    private boolean isAlive(long lease) throws IOException, InterruptedException {
        var renewed = ask("lease/keepalive", JSON.createObjectNode().put("ID", lease));
        return renewed.path("result").path("TTL").asLong() > 0;
    }

    private JsonNode ask(String what, ObjectNode body) throws IOException, InterruptedException {
        IOException first = null;
        int start = preferred;
        for (int i = 0; i < endpoints.size(); i++) {
            int at = (start + i) % endpoints.size();
            try {
                var answer = ask(endpoints.get(at), what, body);
                preferred = at;
                return answer;
            } catch (IOException e) {
                if (first == null) first = e;
                else first.addSuppressed(e);
            }
        }
        throw first == null ? new IOException("no etcd endpoint") : first;
    }

    private JsonNode ask(URI endpoint, String what, ObjectNode body) throws IOException, InterruptedException {
        var base = endpoint.toString();
        var uri = URI.create((base.endsWith("/") ? base : base + "/") + "v3/" + what);
        var request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        try {
            var answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200)
                throw new IOException(
                        "%d %s".formatted(answer.statusCode(), answer.body().strip()));
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new IOException("etcd at %s, %s: %s".formatted(endpoint, what, e), e);
        }
    }

    private static String key(Entry entry) {
        return entry.bucket().path() + "/" + entry.key();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
