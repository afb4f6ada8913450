package dev.nacelle.dynamo.card;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the cards of all workers of one model have to agree in. A frontend takes a checksum over these, believes the first
 * card that it sees, and turns away workers with another.
 *
 * @param sourcePath where the model came from
 * @param checksums by file
 * @param blockSize tokens per KV block
 * @param saysWorkerType whether the card has a worker type
 * @param contextLength tokens; 0 when nobody knows
 */
record CardIdentity(
        String sourcePath, Map<String, String> checksums, long blockSize, boolean saysWorkerType, long contextLength) {
    private static final List<String> FILES =
            List.of("model_info", "tokenizer", "prompt_formatter", "chat_template_file", "gen_config");

    CardIdentity {
        checksums = Map.copyOf(checksums);
    }

    static CardIdentity of(JsonNode card) {
        var checksums = new TreeMap<String, String>();
        for (var file : FILES)
            for (var variant : card.path(file))
                if (variant.hasNonNull("checksum"))
                    checksums.put(file, variant.path("checksum").asText());
        return new CardIdentity(
                card.path("source_path").asText(),
                checksums,
                card.path("kv_cache_block_size").asLong(),
                card.hasNonNull("worker_type"),
                card.path("runtime_config").path("context_length").asLong());
    }

    /** Where another card differs from this one, with both values and what to do; empty when they fit. */
    List<String> differences(CardIdentity other) {
        var all = new ArrayList<String>();
        if (!sourcePath.equals(other.sourcePath))
            all.add(difference("source_path", sourcePath, other.sourcePath, "set dynamo.source_path to theirs"));
        for (var file : FILES) {
            var mine = checksums.getOrDefault(file, "none");
            var theirs = other.checksums.getOrDefault(file, "none");
            if (!mine.equals(theirs))
                all.add(difference(file, mine, theirs, "let workers[].model.path name the same files"));
        }
        if (blockSize != other.blockSize)
            all.add(difference(
                    "kv_cache_block_size", blockSize, other.blockSize, "set dynamo.kv_cache_block_size to theirs"));
        if (saysWorkerType != other.saysWorkerType)
            all.add(difference(
                    "a worker_type", saysWorkerType, other.saysWorkerType, "set dynamo.worker_type to theirs"));
        if (contextLength != other.contextLength)
            all.add(difference(
                    "context_length", contextLength, other.contextLength, "set dynamo.context_length to theirs"));
        return all;
    }

    private static String difference(String what, Object mine, Object theirs, String remedy) {
        return "%s is %s here and %s there: %s".formatted(what, mine, theirs, remedy);
    }
}
