package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.api.ApiException;
import dev.nacelle.frontend.api.RequestOptions;
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

    static void check(RequestOptions options, ServedModel model) throws ApiException {
        if (options.output().logProbs().isPresent())
            require("logprobs", Capability.LOG_PROBABILITIES, "log-probabilities", model);
        for (var field : List.of("logit_bias", "allowed_token_ids", "bad_words"))
            if (isAsked(options.sampling().extras().get(field)))
                require(field, Capability.LOGIT_BIAS, "a logit bias", model);
        if (options.sampling().n() > 1) require("n", Capability.MULTIPLE_CHOICES, "several choices", model);
        if (options.extras().get("response_format") instanceof Map<?, ?> format && !"text".equals(format.get("type")))
            require("response_format", Capability.GUIDED_DECODING, "other formats than text", model);
        for (var field : GUIDED)
            if (isAsked(options.sampling().extras().get(field))
                    || isAsked(options.extras().get(field)))
                require(field, Capability.GUIDED_DECODING, "guided decoding", model);
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
