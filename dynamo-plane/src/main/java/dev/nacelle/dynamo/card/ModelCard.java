package dev.nacelle.dynamo.card;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nacelle.dynamo.discovery.Entry;
import dev.nacelle.dynamo.discovery.Place;
import dev.nacelle.runtime.plane.WorkerCard;
import dev.nacelle.spi.Capability;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.ModelInput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What a worker publishes: where it is reached, and what it serves. */
public final class ModelCard {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BLOCK_SIZE = 16;

    private final Place place;
    private final String model;
    private final ObjectNode card;
    private final CardIdentity identity;

    /**
     * What the configuration says of cards.
     *
     * @param sourcePath where the model came from, as the other workers have it
     * @param blockSize tokens per KV block, likewise
     * @param contextLength likewise
     * @param workerType whether the card says its worker's part in the deployment
     */
    public record Choices(
            Optional<String> sourcePath, OptionalInt blockSize, OptionalInt contextLength, boolean workerType) {}

    private ModelCard(Place place, String model, ObjectNode card) {
        this.place = place;
        this.model = model;
        this.card = card;
        this.identity = CardIdentity.of(card);
    }

    /**
     * The files that frontends need of a worker's model, by name; none for an engine that takes text.
     *
     * @throws IOException when one is missing or not as it has to be, or the worker is none for this plane
     */
    public static Files files(WorkerCard worker) throws IOException {
        if (worker.config().capabilities().contains(Capability.EMBEDDINGS_ONLY))
            throw new IOException(
                    "model '%s' gives embeddings alone, and this plane has no requests for them: plane: local has"
                            .formatted(worker.config().modelName()));
        if (worker.config().input() == ModelInput.TEXT) return new Files(List.of());
        var folder = worker.modelPath()
                .orElseThrow(() -> new IOException(
                        "Dynamo's frontend needs the model's tokenizer: set the worker's model.path to its folder"));
        return new Files(ModelFile.of(folder));
    }

    /** A worker's files. */
    public static final class Files {
        private final List<ModelFile> files;

        private Files(List<ModelFile> files) {
            this.files = files;
        }

        /** By name. */
        public Map<String, Path> paths() {
            var paths = new LinkedHashMap<String, Path>();
            files.forEach(file -> paths.put(file.name(), file.path()));
            return paths;
        }
    }

    /**
     * The card of a worker.
     *
     * @param address where the files are served, without a slash at the end
     */
    public static ModelCard of(WorkerCard worker, Place place, Files files, String address, Choices choices) {
        var model = worker.config().modelName();
        var sizes = worker.config().registration();
        int context = choices.contextLength().orElse(sizes.contextLength().orElse(0));
        var card = JSON.createObjectNode()
                .put("display_name", model)
                .put("slug", slug(model))
                .put(
                        "source_path",
                        choices.sourcePath()
                                .orElseGet(() ->
                                        worker.modelPath().map(Path::toString).orElse(model)));
        for (var file : files.files) file.describe(card.putObject(file.kind()).putObject(file.format()), address);
        card.put("context_length", context)
                .put(
                        "kv_cache_block_size",
                        choices.blockSize().orElse(sizes.kvCacheBlockSize().orElse(BLOCK_SIZE)))
                .put("migration_limit", worker.migrationLimit())
                .put("model_type", worker.disaggregation() == Disaggregation.PREFILL ? "Prefill" : "Chat | Completions")
                .put("model_input", worker.config().input() == ModelInput.TEXT ? "Text" : "Tokens");
        if (choices.workerType())
            card.put("worker_type", worker.disaggregation().name().toLowerCase(Locale.ROOT));
        // Each of these lists names parts of which one has to be there before a frontend sends requests.
        var needs = card.putArray("needs");
        switch (worker.disaggregation()) {
            case AGGREGATED -> {}
            case PREFILL -> needs.addArray().add("decode");
            case DECODE -> needs.addArray().add("prefill");
        }
        var aliases = worker.config().aliases();
        if (!aliases.isEmpty()) aliases.forEach(card.putArray("aliases")::add);
        var runtime = card.putObject("runtime_config").put("context_length", context);
        sizes.totalKvBlocks().ifPresent(blocks -> runtime.put("total_kv_blocks", blocks));
        sizes.maxNumSeqs().ifPresent(seqs -> runtime.put("max_num_seqs", seqs));
        sizes.maxNumBatchedTokens().ifPresent(tokens -> runtime.put("max_num_batched_tokens", tokens));
        runtime.put("data_parallel_start_rank", sizes.dataParallelStartRank().orElse(0))
                .put("data_parallel_size", sizes.dataParallelSize().orElse(1))
                .put("enable_local_indexer", false);
        return new ModelCard(place, model, card);
    }

    /** The model's name. */
    public String model() {
        return model;
    }

    /**
     * What is published, in this order: a frontend that sees a card looks for its instance.
     *
     * @param address where requests are taken: {@code host:port}
     */
    public List<Entry> entries(String address) {
        var instance = head("Endpoint");
        instance.putObject("transport").put("tcp", address + "/" + place.requestPath());
        instance.put("request_plane_codec", "json");
        var wrapper = head("Model");
        wrapper.set("card_json", card);
        return List.of(
                new Entry(Entry.Bucket.INSTANCES, place.key(), instance.toString()),
                new Entry(Entry.Bucket.CARDS, place.key(), wrapper.toString()));
    }

    /**
     * Where the cards of other workers of the same model differ from this one; empty when they fit.
     *
     * @param published the values of cards, those of other models and this worker's own among them
     */
    public List<String> mismatches(List<String> published) {
        return published.stream().flatMap(json -> mismatch(json).stream()).toList();
    }

    private List<String> mismatch(String json) {
        JsonNode other;
        try {
            other = JSON.readTree(json);
        } catch (IOException e) {
            return List.of(); // nothing that a frontend could believe either
        }
        var theirs = other.path("card_json");
        if (other.path("instance_id").asLong() == place.instanceId()
                || !theirs.path("display_name").asText().equals(model)) return List.of();
        var who = "worker %s of the same model"
                .formatted(Long.toHexString(other.path("instance_id").asLong()));
        return identity.differences(CardIdentity.of(theirs)).stream()
                .map(difference -> "%s, there being %s".formatted(difference, who))
                .toList();
    }

    private ObjectNode head(String type) {
        return JSON.createObjectNode()
                .put("type", type)
                .put("namespace", place.namespace())
                .put("component", place.component())
                .put("endpoint", place.endpoint())
                .put("instance_id", place.instanceId());
    }

    /** A name that keys and paths can hold. */
    static String slug(String model) {
        return model.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "_").replaceFirst("^_+", "");
    }
}
