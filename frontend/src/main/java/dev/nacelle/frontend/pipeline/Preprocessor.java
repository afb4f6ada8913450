package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.api.ApiException;
import dev.nacelle.frontend.metrics.HttpServiceMetrics;
import dev.nacelle.frontend.metrics.PipelineMetrics;
import dev.nacelle.frontend.model.ModelText;
import dev.nacelle.frontend.model.ServedModel;
import dev.nacelle.spi.Capability;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * From what a caller asked for to what an engine takes: prompts, limits, and one request for each prompt — or for each of
 * its choices, where the engine makes one at a time.
 */
final class Preprocessor {
    private static final int DEFAULT_COMPLETION_TOKENS = 16;
    private static final int DEFAULT_TOKENS = 1024;

    private final PromptWriter prompts;

    Preprocessor(HttpServiceMetrics metrics, PipelineMetrics stages, int promptChars) {
        prompts = new PromptWriter(metrics, stages, promptChars);
    }

    /**
     * Makes the engine's requests.
     *
     * @throws ApiException when they cannot be made; names the field at fault
     */
    Prepared prepare(Asked asked, ServedModel model, ModelText.Use text) throws ApiException, EngineException {
        Capabilities.check(asked, model);
        var calls = Calls.of(asked, model, text);
        var written = prompts.write(asked, model, text);
        var sampling = calls.held(asked.options().sampling());
        var parts = new ArrayList<Prepared.Part>();
        for (var prompt : written) addParts(parts, request(asked, prompt, model, sampling), prompt, asked, model);
        return new Prepared(written, parts, calls.expected());
    }

    private static void addParts(
            List<Prepared.Part> parts, GenerateRequest request, Written prompt, Asked asked, ServedModel model) {
        int choices = asked.options().bestOf();
        if (choices == 1 || model.config().capabilities().contains(Capability.MULTIPLE_CHOICES)) {
            var whole = request.withSampling(request.sampling().withN(choices));
            parts.add(new Prepared.Part(whole, prompt.tokens(), true));
            return;
        }
        for (int i = 0; i < choices; i++) {
            var one = request.withSampling(choice(request.sampling(), i));
            parts.add(new Prepared.Part(one, prompt.tokens(), i == 0));
        }
    }

    /** With the same seed all choices would be the same. */
    private static SamplingOptions choice(SamplingOptions sampling, int number) {
        var one = sampling.withN(1);
        return one.seed().isPresent() ? one.withSeed(one.seed().getAsLong() + number) : one;
    }

    private static GenerateRequest request(Asked asked, Written written, ServedModel model, SamplingOptions sampling)
            throws ApiException {
        var options = asked.options();
        boolean embeds = asked instanceof Asked.Embedding;
        return new GenerateRequest(
                options.model(),
                embeds ? Task.EMBED : Task.GENERATE,
                written.prompt(),
                sampling,
                embeds ? checkFits(written, model) : stop(asked, written, model),
                output(asked),
                options.dpRank(),
                Map.of(),
                false,
                options.priority(),
                Optional.empty(),
                options.extras());
    }

    /** Choices are ranked by their log-probabilities, whether the caller gets to see those or not. */
    private static OutputOptions output(Asked asked) {
        var output = asked.options().output();
        boolean ranked = asked.options().bestOf() > asked.options().sampling().n();
        return ranked && output.logProbs().isEmpty()
                ? new OutputOptions(OptionalInt.of(0), output.promptLogProbs(), output.skipSpecialTokens())
                : output;
    }

    private static StopConditions stop(Asked asked, Written written, ServedModel model) throws ApiException {
        var stop = asked.options().stop();
        return new StopConditions(
                OptionalInt.of(maxTokens(asked, written, model)),
                stop.minTokens(),
                stop.stopTokenIds(),
                stop.stopStrings(),
                stop.ignoreEos());
    }

    private static StopConditions checkFits(Written written, ServedModel model) throws ApiException {
        var context = model.config().registration().contextLength();
        if (context.isPresent() && written.tokens() > context.getAsInt())
            throw new ApiException(ApiError.contextExceeded(
                    written.field(),
                    "%s: found %d tokens, expected at most the model's context of %d: shorten it"
                            .formatted(written.field(), written.tokens(), context.getAsInt())));
        return StopConditions.NONE;
    }

    private static int maxTokens(Asked asked, Written written, ServedModel model) throws ApiException {
        var wanted = asked.options().stop().maxTokens();
        var context = model.config().registration().contextLength();
        if (context.isEmpty()) return wanted.orElse(defaultTokens(asked, DEFAULT_TOKENS));
        if (!(written.prompt() instanceof Prompt.Tokens(var ids)))
            return wanted.orElse(defaultTokens(asked, Math.min(DEFAULT_TOKENS, context.getAsInt())));
        int room = context.getAsInt() - ids.size();
        if (room < 1)
            throw new ApiException(ApiError.contextExceeded(
                    written.field(),
                    "the prompt has %d tokens, and the model's context of %d leaves no room for an answer: shorten it"
                            .formatted(ids.size(), context.getAsInt())));
        int limit = wanted.orElse(defaultTokens(asked, room));
        if (limit > room)
            throw new ApiException(ApiError.contextExceeded(
                    "max_tokens",
                    "max_tokens: found %d beside a prompt of %d tokens, expected at most %d: the model's context is %d tokens"
                            .formatted(limit, ids.size(), room, context.getAsInt())));
        return limit;
    }

    /** What a caller gets who leaves it open. */
    private static int defaultTokens(Asked asked, int room) {
        return asked instanceof Asked.Chat ? room : Math.min(DEFAULT_COMPLETION_TOKENS, room);
    }
}
