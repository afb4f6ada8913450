package dev.nacelle.spi.request;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One request, as an engine sees it.
 *
 * @param model the name under which the caller asked for the model
 * @param task what is asked for
 * @param prompt what to continue, or to embed
 * @param dpRank the data-parallel rank that a router chose
 * @param prefillResult on a decode worker: what the prefill handed off (JSON-like); empty map otherwise
 * @param healthCheck true for the canary's probe, which belongs to no user
 * @param priority higher is more urgent; engines without priorities ignore it
 * @param deadline when the answer is of no use any more
 * @param extras every key of the body that nothing above covers (JSON-like), in the body's order
 */
public record GenerateRequest(
        String model,
        Task task,
        Prompt prompt,
        SamplingOptions sampling,
        StopConditions stop,
        OutputOptions output,
        OptionalInt dpRank,
        Map<String, Object> prefillResult,
        boolean healthCheck,
        OptionalInt priority,
        Optional<Instant> deadline,
        Map<String, Object> extras) {
    public GenerateRequest {
        prefillResult = Json.frozen(prefillResult);
        extras = Json.frozen(extras);
    }

    /** A plain request: these tokens or this text, at most {@code maxTokens} more, everything else left open. */
    public static GenerateRequest of(String model, Prompt prompt, int maxTokens) {
        return of(model, Task.GENERATE, prompt, StopConditions.maxTokens(maxTokens));
    }

    /** A request for the prompt's embedding, everything else left open. */
    public static GenerateRequest embed(String model, Prompt prompt) {
        return of(model, Task.EMBED, prompt, StopConditions.NONE);
    }

    private static GenerateRequest of(String model, Task task, Prompt prompt, StopConditions stop) {
        return new GenerateRequest(
                model,
                task,
                prompt,
                SamplingOptions.DEFAULT,
                stop,
                OutputOptions.DEFAULT,
                OptionalInt.empty(),
                Map.of(),
                false,
                OptionalInt.empty(),
                Optional.empty(),
                Map.of());
    }

    /** The same request, marked as the canary's. */
    public GenerateRequest asHealthCheck() {
        return new GenerateRequest(
                model, task, prompt, sampling, stop, output, dpRank, prefillResult, true, priority, deadline, extras);
    }

    public GenerateRequest withSampling(SamplingOptions options) {
        return new GenerateRequest(
                model,
                task,
                prompt,
                options,
                stop,
                output,
                dpRank,
                prefillResult,
                healthCheck,
                priority,
                deadline,
                extras);
    }

    /** Whether this asks for an embedding instead of tokens. */
    public boolean isEmbedding() {
        return task == Task.EMBED;
    }

    /**
     * The prompt's token ids.
     *
     * @throws IllegalStateException when the prompt is text, which the host gives only to engines that declared it
     */
    public TokenIds tokenIds() {
        return switch (prompt) {
            case Prompt.Tokens(TokenIds ids) -> ids;
            case Prompt.Text _, Prompt.Messages _ ->
                throw new IllegalStateException(
                        "a text prompt, expected tokens: this engine's EngineConfig does not declare ModelInput.TEXT");
        };
    }
}
