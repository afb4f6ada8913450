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
 * Collects what chat and completion requests have in common, key by key. A null is the same as a missing key, as clients
 * write out what their callers left open.
 */
final class OptionsReader {
    static final int STOP_STRINGS_MAX = 16;
    static final int STOP_CHARS_MAX = 1024;
    static final int LOG_PROBS_MAX = 20;
    private static final int METADATA_MAX = 64;

    /** Sampling beyond the typed options, which goes to the engine with them. */
    private static final Set<String> SAMPLING_EXTRAS =
            Set.of("logit_bias", "guided_decoding", "use_beam_search", "length_penalty");

    private final BodyReader in;
    private final boolean chat; // whether logprobs is chat's flag or a completion's count
    private final Own own;

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
        /** Takes the value of {@code key}, which is not null. @return false when the key is not known */
        boolean read(String key, JsonAt value) throws ApiException;
    }

    /** For a completion. */
    OptionsReader(BodyReader in) {
        this(in, false, (_, _) -> false);
    }

    /** For a chat, whose own parameters {@code own} takes. */
    OptionsReader(BodyReader in, Own own) {
        this(in, true, own);
    }

    private OptionsReader(BodyReader in, boolean chat, Own own) {
        this.in = in;
        this.chat = chat;
        this.own = own;
    }

    /** Takes the value of {@code key}, at which the reader stands. */
    void read(String key) throws ApiException {
        if (!isTyped(key)) readExtra(key);
        else if (!in.isNull()) readTyped(key);
    }

    private static boolean isTyped(String key) {
        return switch (key) {
            case "model",
                    "stream",
                    "stream_options",
                    "max_tokens",
                    "max_completion_tokens",
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
                    "logprobs",
                    "top_logprobs",
                    "skip_special_tokens",
                    "data_parallel_rank",
                    "priority",
                    "user",
                    "metadata",
                    "n",
                    "best_of",
                    "echo",
                    "suffix",
                    "prompt_logprobs" -> true;
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
            default -> refuseUnsupported(key);
        }
    }

    /** These change the answer, so that they are not passed over; what changes nothing is allowed. */
    private void refuseUnsupported(String key) throws ApiException {
        switch (key) {
            case "n", "best_of" -> in.integer(1, 1, "1: several choices are not supported");
            case "echo" -> {
                if (in.bool()) throw in.wrong("false: the prompt is not repeated");
            }
            case "suffix" -> {
                if (!in.string("no suffix").isEmpty()) throw in.wrong("no suffix: inserting text is not supported");
            }
            default -> throw in.wrong("nothing: log-probabilities of the prompt are not supported");
        }
    }

    private void readStreamOptions() throws ApiException {
        if (!in.isObject()) throw in.wrong("an object, such as {\"include_usage\": true}");
        for (var key = in.nextKey(); key != null; key = in.nextKey()) {
            if (key.equals("include_usage") && !in.isNull()) includeUsage = in.bool();
            else in.value();
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
        var path = in.path();
        var value = in.value();
        if (value != null) own.read(key, new JsonAt(path, value));
        (SAMPLING_EXTRAS.contains(key) ? samplingExtras : extras).put(key, value);
    }

    /** Puts it all together, once the body was read. */
    RequestOptions options() throws ApiException {
        if (model.isEmpty() || model.get().isEmpty())
            throw new ApiException(ApiError.invalid(
                    "model", "model: found nothing, expected the name of a model: GET /v1/models lists them"));
        if (chat && topLogProbs.isPresent() && !logProbs)
            throw new ApiException(ApiError.invalid(
                    "top_logprobs",
                    "top_logprobs: found %d without logprobs, expected \"logprobs\": true beside it"
                            .formatted(topLogProbs.getAsInt())));
        var limit = limit();
        if (limit.isPresent() && minTokens > limit.getAsInt())
            throw new ApiException(ApiError.invalid(
                    "min_tokens",
                    "min_tokens: found %d, expected at most max_tokens, which is %d"
                            .formatted(minTokens, limit.getAsInt())));
        var sampling = new SamplingOptions(
                temperature,
                topP,
                topK,
                minP,
                presencePenalty,
                frequencyPenalty,
                repetitionPenalty,
                seed,
                1,
                samplingExtras);
        return new RequestOptions(
                model.get(),
                stream,
                includeUsage,
                sampling,
                new StopConditions(limit, minTokens, stopTokenIds, stopStrings, ignoreEos),
                includeStopString,
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

    private OptionalInt limit() throws ApiException {
        if (maxTokens.isPresent() && maxCompletionTokens.isPresent() && !maxTokens.equals(maxCompletionTokens))
            throw new ApiException(ApiError.invalid(
                    "max_tokens",
                    "max_tokens: found %d beside max_completion_tokens %d, expected one of the two"
                            .formatted(maxTokens.getAsInt(), maxCompletionTokens.getAsInt())));
        return maxCompletionTokens.isPresent() ? maxCompletionTokens : maxTokens;
    }
}
