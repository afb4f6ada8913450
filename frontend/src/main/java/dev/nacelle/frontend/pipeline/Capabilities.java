package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.api.ApiException;
import dev.nacelle.frontend.model.ServedModel;
import dev.nacelle.spi.Capability;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Refuses what an engine does not offer: passed over in silence, it would look like an answer. */
final class Capabilities {
    private static final List<String> GUIDED = List.of(
            "guided_json", "guided_regex", "guided_choice", "guided_grammar", "structured_outputs", "guided_decoding");

    private Capabilities() {}

    static void check(Asked asked, ServedModel model) throws ApiException {
        checkTask(asked, model);
        var options = asked.options();
        if (options.output().logProbs().isPresent())
            require(
                    asked instanceof Asked.Chat chat && !chat.said().isEmpty() ? "include" : "logprobs",
                    Capability.LOG_PROBABILITIES,
                    "log-probabilities",
                    model);
        if (options.bestOf() > options.sampling().n())
            require("best_of", Capability.LOG_PROBABILITIES, "log-probabilities, which tell the best", model);
        for (var field : List.of("logit_bias", "allowed_token_ids", "bad_words"))
            if (isAsked(options.sampling().extras().get(field)))
                require(field, Capability.LOGIT_BIAS, "a logit bias", model);
        if (options.extras().get("response_format") instanceof Map<?, ?> format && !"text".equals(format.get("type")))
            require("response_format", Capability.GUIDED_DECODING, "other formats than text", model);
        for (var field : GUIDED)
            if (isAsked(options.sampling().extras().get(field))
                    || isAsked(options.extras().get(field)))
                require(field, Capability.GUIDED_DECODING, "guided decoding", model);
    }

    private static void checkTask(Asked asked, ServedModel model) throws ApiException {
        var offered = model.config().capabilities();
        boolean embeddingsAlone = offered.contains(Capability.EMBEDDINGS_ONLY);
        if (asked instanceof Asked.Embedding) {
            if (!embeddingsAlone && !offered.contains(Capability.EMBEDDINGS))
                throw otherEndpoint(model, "no embeddings", "/v1/chat/completions or /v1/completions");
        } else if (embeddingsAlone) {
            throw otherEndpoint(model, "embeddings alone", "/v1/embeddings");
        }
    }

    private static ApiException otherEndpoint(ServedModel model, String gives, String path) {
        return new ApiException(ApiError.invalid(
                "model", "model: '%s' gives %s: ask it at %s, or another here".formatted(model.name(), gives, path)));
    }

    private static boolean isAsked(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Map<?, ?> map -> !map.isEmpty();
            case Collection<?> list -> !list.isEmpty();
            default -> true;
        };
    }

    private static void require(String field, Capability capability, String what, ServedModel model)
            throws ApiException {
        if (!model.config().capabilities().contains(capability))
            throw new ApiException(ApiError.invalid(
                    field, "%s: model '%s' does not offer %s: leave it out".formatted(field, model.name(), what)));
    }
}
