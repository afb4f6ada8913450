package dev.nacelle.python.bridge;

import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.Embedding;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Chunks in Python's shape as the sink's items and terminals. */
final class Chunks {
    private static final String ERROR = "error";

    private Chunks() {}

    /** @throws IllegalArgumentException when it has another shape; the message says what was expected */
    static Chunk chunk(Map<String, @Nullable Object> said) {
        int[] ids = ints("token_ids", said.get("token_ids"));
        return new Chunk(
                said.get("index") instanceof Number index ? index.intValue() : 0,
                TokenIds.of(ids),
                Optional.ofNullable(said.get("text")).map(String::valueOf),
                logProbs(ids, Json.list(said.get("log_probs")), Json.list(said.get("top_logprobs"))),
                embedding(Json.list(said.get("embedding"))),
                handoff(said),
                Json.map(said.get("engine_data")));
    }

    /**
     * Sends the terminal.
     *
     * @throws EngineException when the reason is an error with a text
     */
    static void finish(Map<String, @Nullable Object> said, ResponseSink sink) throws EngineException {
        var reason = reason(String.valueOf(said.get("reason")));
        var usage = usage(said.get("usage"));
        if (usage.isPresent()) sink.finish(reason, usage.get());
        else sink.finish(reason);
    }

    private static FinishReason reason(String word) throws EngineException {
        return switch (word) {
            case "stop", "eos" -> FinishReason.STOP;
            case "length" -> FinishReason.LENGTH;
            case "cancelled" -> FinishReason.CANCELLED;
            case "content_filter" -> FinishReason.CONTENT_FILTER;
            case "tool_calls" -> FinishReason.TOOL_CALLS;
            case ERROR -> FinishReason.ERROR;
            default -> {
                if (word.startsWith(ERROR + ":"))
                    throw PythonErrors.finished(
                            word.substring(ERROR.length() + 1).strip());
                throw PythonErrors.finished(
                        "the engine ended with the finish_reason '%s', expected stop, eos, length, cancelled, content_filter, tool_calls or error"
                                .formatted(word));
            }
        };
    }

    private static Optional<Usage> usage(@Nullable Object said) {
        if (said == null) return Optional.empty();
        var usage = Json.object(said);
        int prompt = count(usage.get("prompt_tokens"));
        var details = Json.object(usage.get("prompt_tokens_details"));
        return Optional.of(new Usage(
                prompt, count(usage.get("completion_tokens")), Math.min(prompt, count(details.get("cached_tokens")))));
    }

    private static int count(@Nullable Object value) {
        return value instanceof Number n ? Math.max(0, n.intValue()) : 0;
    }

    private static List<TokenLogProb> logProbs(int[] ids, List<?> values, List<?> top) {
        if (values.isEmpty()) return List.of();
        if (values.size() != ids.length)
            throw new IllegalArgumentException(
                    "%d log_probs for %d token_ids, expected one each".formatted(values.size(), ids.length));
        var all = new ArrayList<TokenLogProb>(ids.length);
        for (int i = 0; i < ids.length; i++)
            all.add(new TokenLogProb(
                    ids[i], decimal(values.get(i)), i < top.size() ? candidates(Json.list(top.get(i))) : List.of()));
        return all;
    }

    private static List<TokenLogProb.Candidate> candidates(List<?> said) {
        var all = new ArrayList<TokenLogProb.Candidate>(said.size());
        for (var each : said) {
            var fields = Json.object(each);
            all.add(new TokenLogProb.Candidate(count(fields.get("token_id")), decimal(fields.get("logprob"))));
        }
        return all;
    }

    private static double decimal(@Nullable Object value) {
        if (value instanceof Number n) return n.doubleValue();
        throw new IllegalArgumentException("a log-probability of %s, expected a number".formatted(value));
    }

    private static Optional<Embedding> embedding(List<?> values) {
        if (values.isEmpty()) return Optional.empty();
        var vector = new float[values.size()];
        for (int i = 0; i < vector.length; i++) vector[i] = (float) decimal(values.get(i));
        return Optional.of(Embedding.of(vector));
    }

    /** As a decode worker's request has it. */
    private static Map<String, Object> handoff(Map<String, @Nullable Object> said) {
        var params = said.get("disaggregated_params");
        if (params == null) return Map.of();
        var handoff = new LinkedHashMap<String, Object>();
        handoff.put("disaggregated_params", params);
        var details = said.get("prompt_tokens_details");
        if (details != null) handoff.put("prompt_tokens_details", details);
        return handoff;
    }

    private static int[] ints(String what, @Nullable Object said) {
        var list = Json.list(said);
        var ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            if (!(list.get(i) instanceof Integer id))
                throw new IllegalArgumentException("%s with %s, expected whole numbers".formatted(what, list.get(i)));
            ids[i] = id;
        }
        return ids;
    }
}
