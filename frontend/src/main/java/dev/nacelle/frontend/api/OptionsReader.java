package dev.nacelle.frontend.api;

import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.TokenIds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Collects what all requests have in common, key by key. A null is the same as a missing key, as clients
 * write out what their callers left open.
 */
final class OptionsReader {
    static final int STOP_STRINGS_MAX = 16;
    static final int STOP_CHARS_MAX = 1024;
    static final int LOG_PROBS_MAX = 20;
    private static final int METADATA_MAX = 64;

    /** Sampling beyond the typed options, which goes to the engine with them. */
    private static final Set<String> SAMPLING_EXTRAS =
            Set.of("logit_bias", "guided_decoding", "allowed_token_ids", "bad_words");

    /** What of this an embedding has. */
    private static final Set<String> EMBEDDING_KEYS =
            Set.of("model", "user", "metadata", "priority", "data_parallel_rank");

    private static final String OUTPUT_LOG_PROBS = "message.output_text.logprobs";

    static final int CHOICES_MAX = 128;

    private final BodyReader in;
    private final boolean chat; // whether logprobs is chat's flag or a completion's count
    private final Parameter.Kind kind;
    private final Own own;
    private final GuidedReader guided;
    private int n = 1;
    private OptionalInt bestOf = OptionalInt.empty();
    private boolean echo;

    private Optional<String> model = Optional.empty();
    private boolean stream;
    private boolean includeUsage;
    private OptionalInt maxTokens = OptionalInt.empty();
    private OptionalInt maxCompletionTokens = OptionalInt.empty();
    private int minTokens;
    private OptionalDouble temperature = OptionalDouble.empty();
    private OptionalDouble topP = OptionalDouble.empty();
    private OptionalInt topK = OptionalInt.empty();
    private OptionalDouble minP = OptionalDouble.empty();
    private OptionalDouble presencePenalty = OptionalDouble.empty();
    private OptionalDouble frequencyPenalty = OptionalDouble.empty();
    private OptionalDouble repetitionPenalty = OptionalDouble.empty();
    private OptionalLong seed = OptionalLong.empty();
    private List<String> stopStrings = List.of();
    private boolean includeStopString;
    private TokenIds stopTokenIds = TokenIds.NONE;
    private boolean ignoreEos;
    private boolean logProbs;
    private OptionalInt topLogProbs = OptionalInt.empty();
    private boolean skipSpecialTokens = true;
    private OptionalInt dpRank = OptionalInt.empty();
    private OptionalInt priority = OptionalInt.empty();
    private Optional<String> user = Optional.empty();
    private Map<String, String> metadata = Map.of();
    private final Map<String, Object> samplingExtras = new LinkedHashMap<>();
    private final Map<String, Object> extras = new LinkedHashMap<>();

    /** Takes what one kind of request has besides. */
    @FunctionalInterface
    interface Own {
        /**
         * Takes the value of {@code key}, which is not null.
         *
         * @return whether it is nothing for the engine any more
         */
        boolean read(String key, JsonAt value) throws ApiException;
    }

    /** Reads from {@code in}; {@code own} hears of what is not common to all kinds. */
    OptionsReader(BodyReader in, Parameter.Kind kind, Own own) {
        this(in, kind, new GuidedReader(), own);
    }

    /** The same, where {@code own} finds out by itself what the output is held to. */
    OptionsReader(BodyReader in, Parameter.Kind kind, GuidedReader guided, Own own) {
        this.guided = guided;
        this.in = in;
        this.kind = kind;
        this.own = own;
        chat = kind == Parameter.Kind.CHAT;
    }

    /** Takes the value of {@code key}, at which the reader stands. */
    void read(String key) throws ApiException {
        if (!isTyped(key)) readExtra(key);
        else if (!in.isNull()) readTyped(key);
    }

    private boolean isTyped(String key) {
        if (kind == Parameter.Kind.EMBEDDING) return EMBEDDING_KEYS.contains(key);
        return switch (key) {
            case "model",
                    "stream",
                    "stream_options",
                    "min_tokens",
                    "temperature",
                    "top_p",
                    "top_k",
                    "min_p",
                    "presence_penalty",
                    "frequency_penalty",
                    "repetition_penalty",
                    "seed",
                    "stop",
                    "include_stop_str_in_output",
                    "stop_token_ids",
                    "ignore_eos",
                    "skip_special_tokens",
                    "data_parallel_rank",
                    "priority",
                    "user",
                    "metadata" -> true;
            case "max_tokens", "max_completion_tokens", "logprobs", "n", "best_of" -> kind != Parameter.Kind.RESPONSE;
            case "top_logprobs" -> kind != Parameter.Kind.COMPLETION;
            case "echo" -> kind == Parameter.Kind.COMPLETION;
            case "max_output_tokens", "include" -> kind == Parameter.Kind.RESPONSE;
            default -> false;
        };
    }

    private void readTyped(String key) throws ApiException {
        switch (key) {
            case "model" -> model = Optional.of(in.string("the name of a model"));
            case "stream" -> stream = in.bool();
            case "stream_options" -> readStreamOptions();
            case "max_tokens" -> maxTokens = OptionalInt.of(in.integer(1, Integer.MAX_VALUE));
            case "max_completion_tokens" -> maxCompletionTokens = OptionalInt.of(in.integer(1, Integer.MAX_VALUE));
            case "min_tokens" -> minTokens = in.integer(0, Integer.MAX_VALUE);
            case "temperature" -> temperature = OptionalDouble.of(in.number(0, 2, "a number from 0 to 2"));
            case "top_p" -> topP = OptionalDouble.of(in.number(Double.MIN_VALUE, 1, "a number above 0 and at most 1"));
            case "top_k" -> topK = OptionalInt.of(readTopK());
            case "min_p" -> minP = OptionalDouble.of(in.number(0, 1, "a number from 0 to 1"));
            case "presence_penalty" -> presencePenalty = OptionalDouble.of(in.number(-2, 2, "a number from -2 to 2"));
            case "frequency_penalty" -> frequencyPenalty = OptionalDouble.of(in.number(-2, 2, "a number from -2 to 2"));
            case "repetition_penalty" ->
                repetitionPenalty =
                        OptionalDouble.of(in.number(Double.MIN_VALUE, Double.MAX_VALUE, "a number above 0"));
            case "seed" ->
                seed = OptionalLong.of(in.integer(Long.MIN_VALUE, Long.MAX_VALUE, "a whole number of 64 bits"));
            case "stop" -> stopStrings = readStop();
            case "include_stop_str_in_output" -> includeStopString = in.bool();
            case "stop_token_ids" -> stopTokenIds = readTokenIds();
            case "ignore_eos" -> ignoreEos = in.bool();
            case "logprobs" -> readLogProbs();
            case "top_logprobs" -> topLogProbs = OptionalInt.of(in.integer(0, LOG_PROBS_MAX));
            case "skip_special_tokens" -> skipSpecialTokens = in.bool();
            case "data_parallel_rank" -> dpRank = OptionalInt.of(in.integer(0, Integer.MAX_VALUE));
            case "priority" -> priority = OptionalInt.of(in.integer(Integer.MIN_VALUE, Integer.MAX_VALUE));
            case "user" -> user = Optional.of(in.string("a string"));
            case "metadata" -> metadata = readMetadata();
            case "max_output_tokens" -> maxTokens = OptionalInt.of(in.integer(1, Integer.MAX_VALUE));
            case "n" -> n = in.integer(1, CHOICES_MAX);
            case "best_of" -> bestOf = OptionalInt.of(in.integer(1, CHOICES_MAX));
            case "include" -> readInclude();
            default -> echo = in.bool();
        }
    }

    private void readStreamOptions() throws ApiException {
        if (!in.isObject()) throw in.wrong("an object, such as {\"include_usage\": true}");
        for (var key = in.nextKey(); key != null; key = in.nextKey()) {
            if (in.isNull()) continue;
            switch (key) {
                case "include_usage" -> includeUsage = in.bool();
                case "continuous_usage_stats" -> {
                    if (in.bool()) throw in.wrong("false: usage comes once, at the end");
                }
                default -> in.value();
            }
        }
    }

    /** 0 and -1 both mean all. */
    private int readTopK() throws ApiException {
        int value = (int) in.integer(-1, Integer.MAX_VALUE, "a whole number, at least 1, or -1 for all");
        return value == 0 ? -1 : value;
    }

    private List<String> readStop() throws ApiException {
        if (!in.isArray()) return List.of(stopString());
        var strings = new ArrayList<String>();
        while (in.nextElement()) {
            if (strings.size() == STOP_STRINGS_MAX)
                throw in.invalid("found another stop string, expected at most %d".formatted(STOP_STRINGS_MAX));
            strings.add(stopString());
        }
        return strings;
    }

    private String stopString() throws ApiException {
        var expected = "a string of 1 to %d characters".formatted(STOP_CHARS_MAX);
        var text = in.string(expected);
        if (text.isEmpty() || text.length() > STOP_CHARS_MAX) throw in.wrong(expected);
        return text;
    }

    private TokenIds readTokenIds() throws ApiException {
        if (!in.isArray()) throw in.wrong("an array of token ids");
        return in.nextElement() ? TokenIds.of(restOfTokenIds(in)) : TokenIds.NONE;
    }

    /** The rest of an array of token ids, at whose first element the reader stands. */
    static int[] restOfTokenIds(BodyReader in) throws ApiException {
        var ids = IntStream.builder();
        do ids.add(in.integer(0, Integer.MAX_VALUE));
        while (in.nextElement());
        return ids.build().toArray();
    }

    /** In a chat a flag, which {@code top_logprobs} completes; in a completion the count itself. */
    private void readLogProbs() throws ApiException {
        logProbs = !chat || in.bool();
        if (!chat) topLogProbs = OptionalInt.of(in.integer(0, LOG_PROBS_MAX));
    }

    /** What a response is to say besides: OpenAI's other things are of tools that are not offered here. */
    private void readInclude() throws ApiException {
        if (!in.isArray()) throw in.wrong("an array");
        while (in.nextElement()) {
            if (!in.string(OUTPUT_LOG_PROBS).equals(OUTPUT_LOG_PROBS)) throw in.wrong(OUTPUT_LOG_PROBS);
            logProbs = true;
        }
    }

    private Map<String, String> readMetadata() throws ApiException {
        if (!in.isObject()) throw in.wrong("an object of strings");
        var map = new LinkedHashMap<String, String>();
        for (var key = in.nextKey(); key != null; key = in.nextKey()) {
            if (map.size() == METADATA_MAX)
                throw in.invalid("found another entry, expected at most %d".formatted(METADATA_MAX));
            map.put(key, in.string("a string"));
        }
        return map;
    }

    /** A null of the caller's stays one. */
    @SuppressWarnings("NullAway")
    private void readExtra(String key) throws ApiException {
        var at = new JsonAt(in.path(), in.value());
        var known = Parameters.find(kind, key);
        if (at.isNull() && known.isPresent()) return;
        if (!at.isNull()) {
            if (known.isPresent() && known.get().treatment() == Parameter.Treatment.REFUSED) {
                known.get().check(at);
                return;
            }
            guided.read(key, at);
            if (key.equals("logit_bias")) checkBias(at);
            if (own.read(key, at)) return;
        }
        (SAMPLING_EXTRAS.contains(key) ? samplingExtras : extras).put(key, at.value());
    }

    private static void checkBias(JsonAt at) throws ApiException {
        for (var entry : at.object("an object of token ids and numbers").entrySet()) {
            if (!entry.getKey().matches("\\d{1,9}")) throw at.at(entry.getKey()).wrong("a token id for a key");
            at.at(entry.getKey()).number(-100, 100, "a number from -100 to 100");
        }
    }

    /** Puts it all together, once the body was read. */
    RequestOptions options() throws ApiException {
        if (model.isEmpty() || model.get().isEmpty())
            throw new ApiException(ApiError.invalid(
                    "model", "model: found nothing, expected the name of a model: GET /v1/models lists them"));
        checkTopLogProbs();
        checkBestOf();
        var limit = limit();
        if (limit.isPresent() && minTokens > limit.getAsInt())
            throw new ApiException(ApiError.invalid(
                    "min_tokens",
                    "min_tokens: found %d, expected at most max_tokens, which is %d"
                            .formatted(minTokens, limit.getAsInt())));
        if (!guided.guided().isEmpty()) {
            if (samplingExtras.get("guided_decoding") != null)
                throw new JsonAt("guided_decoding", Map.of())
                        .wrong("nothing beside the other: an output is held to one thing");
            samplingExtras.put("guided_decoding", guided.guided());
        }
        if (echo && logProbs)
            throw new JsonAt("echo", true).wrong("false beside logprobs: those of the prompt are not offered");
        var sampling = new SamplingOptions(
                temperature,
                topP,
                topK,
                minP,
                presencePenalty,
                frequencyPenalty,
                repetitionPenalty,
                seed,
                n,
                samplingExtras);
        return new RequestOptions(
                model.get(),
                stream,
                includeUsage,
                sampling,
                bestOf.orElse(n),
                new StopConditions(limit, minTokens, stopTokenIds, stopStrings, ignoreEos),
                includeStopString,
                echo,
                new OutputOptions(
                        logProbs ? OptionalInt.of(topLogProbs.orElse(0)) : OptionalInt.empty(),
                        OptionalInt.empty(),
                        skipSpecialTokens),
                dpRank,
                priority,
                user,
                metadata,
                extras);
    }

    private void checkTopLogProbs() throws ApiException {
        if (logProbs || topLogProbs.isEmpty()) return;
        if (!chat && topLogProbs.getAsInt() == 0) return;
        throw new ApiException(ApiError.invalid(
                "top_logprobs",
                "top_logprobs: found %d alone, expected %s beside it"
                        .formatted(
                                topLogProbs.getAsInt(),
                                chat ? "\"logprobs\": true" : "\"include\": [\"%s\"]".formatted(OUTPUT_LOG_PROBS))));
    }

    private void checkBestOf() throws ApiException {
        if (bestOf.isEmpty()) return;
        int most = bestOf.getAsInt();
        if (most < n) throw new JsonAt("best_of", (long) most).wrong("at least n, which is %d".formatted(n));
        if (stream && most > n)
            throw new JsonAt("best_of", (long) most).wrong("n in a stream: which are the best is known at the end");
    }

    private OptionalInt limit() throws ApiException {
        if (maxTokens.isPresent() && maxCompletionTokens.isPresent() && !maxTokens.equals(maxCompletionTokens))
            throw new ApiException(ApiError.invalid(
                    "max_tokens",
                    "max_tokens: found %d beside max_completion_tokens %d, expected one of the two"
                            .formatted(maxTokens.getAsInt(), maxCompletionTokens.getAsInt())));
        return maxCompletionTokens.isPresent() ? maxCompletionTokens : maxTokens;
    }
}
