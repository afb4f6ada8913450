package dev.nacelle.dynamo;

import dev.nacelle.spi.Capability;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.StopConditions;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What a frontend of ours would have checked and filled in before an engine sees a request, and Dynamo's does not: what the
 * engine can do, and how much fits its context.
 */
final class RequestRules {
    private static final int MAX_TOKENS = 1024;
    private static final List<String> GUIDED = List.of(
            "guided_decoding", "guided_json", "guided_regex", "guided_choice", "guided_grammar", "structured_outputs");

    private final EngineConfig config;

    RequestRules(EngineConfig config) {
        this.config = config;
    }

    /** The request as an engine may rely on it. @throws EngineException when it asks for what the model does not have */
    GenerateRequest complete(GenerateRequest request) throws EngineException {
        var output = request.output();
        need(output.logProbs().isPresent(), Capability.LOG_PROBABILITIES, "logprobs");
        need(output.promptLogProbs().isPresent(), Capability.PROMPT_LOG_PROBABILITIES, "prompt_logprobs");
        need(request.sampling().n() > 1, Capability.MULTIPLE_CHOICES, "n");
        needGuidance(request);
        return switch (request.prompt()) {
            case Prompt.Tokens(var ids) -> withMaxTokens(request, ids.size());
            // How long it is, only the engine can tell.
            case Prompt.Text _, Prompt.Messages _ ->
                request.stop().maxTokens().isPresent() ? request : withMaxTokens(request, 0);
        };
    }

    /** Preprocessed requests have it all in {@code guided_decoding}; those in text are as the client wrote them. */
    private void needGuidance(GenerateRequest request) throws EngineException {
        var sampling = request.sampling().extras();
        for (var field : GUIDED)
            need(sampling.containsKey(field) || request.extras().containsKey(field), Capability.GUIDED_DECODING, field);
        boolean isFormatted =
                sampling.get("response_format") instanceof Map<?, ?> format && !"text".equals(format.get("type"));
        need(isFormatted, Capability.GUIDED_DECODING, "response_format");
    }

    private void need(boolean asked, Capability capability, String field) throws EngineException {
        if (asked && !config.capabilities().contains(capability))
            throw EngineException.invalid("%s: model '%s' cannot do that".formatted(field, config.modelName()));
    }

    private GenerateRequest withMaxTokens(GenerateRequest request, int prompt) throws EngineException {
        var context = config.registration().contextLength();
        var asked = request.stop().maxTokens();
        if (context.isPresent() && (long) prompt + asked.orElse(1) > context.getAsInt())
            throw EngineException.invalid("a prompt of %d tokens and max_tokens %d, expected together at most %d"
                    .formatted(prompt, asked.orElse(1), context.getAsInt()));
        if (asked.isPresent()) return request;
        int most = context.isPresent() ? context.getAsInt() - prompt : MAX_TOKENS;
        var stop = request.stop();
        return new GenerateRequest(
                request.model(),
                request.task(),
                request.prompt(),
                request.sampling(),
                new StopConditions(
                        OptionalInt.of(most),
                        stop.minTokens(),
                        stop.stopTokenIds(),
                        stop.stopStrings(),
                        stop.ignoreEos()),
                request.output(),
                request.dpRank(),
                request.prefillResult(),
                request.healthCheck(),
                request.priority(),
                request.deadline(),
                request.extras());
    }
}
