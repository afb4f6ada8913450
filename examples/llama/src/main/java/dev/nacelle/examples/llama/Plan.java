package dev.nacelle.examples.llama;

import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.TokenIds;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a request asks for, checked against the model and the KV cache.
 *
 * @param prompt its token ids
 * @param limit tokens of prompt and completion at which it ends
 * @param minTokens tokens to generate before one of {@code stops} may come
 * @param stops tokens that end the text
 * @param logProbs candidates to report per token, if wanted
 */
record Plan(TokenIds prompt, Sampling sampling, int limit, int minTokens, TokenIds stops, OptionalInt logProbs) {

    /**
     * @param contextLength tokens of prompt and completion together
     * @param totalBlocks KV blocks there are; the request must fit into them when it has them all
     */
    static Plan of(GenerateRequest request, ModelConfig model, int contextLength, KvLayout layout, int totalBlocks)
            throws EngineException {
        if (request.output().promptLogProbs().isPresent())
            throw EngineException.invalid("prompt log-probabilities are not among this engine's capabilities");
        var prompt = request.tokenIds();
        checkTokens(prompt, model.vocabSize());
        if (prompt.size() >= contextLength)
            throw EngineException.invalid(
                    "the prompt has %d tokens, and with a context of %d at most %d leave room to answer"
                            .formatted(prompt.size(), contextLength, contextLength - 1));
        var stop = request.stop();
        int limit = (int)
                Math.min(contextLength, (long) prompt.size() + stop.maxTokens().orElse(contextLength));
        // The last token is never fed back.
        int needed = layout.blocks(limit - 1);
        if (needed > totalBlocks)
            throw EngineException.invalid(
                    "the prompt's %d tokens and up to %d more take %d KV blocks, and there are %d (option kv_blocks)"
                            .formatted(prompt.size(), limit - prompt.size(), needed, totalBlocks));
        var eos = stop.ignoreEos() ? Set.<Integer>of() : model.eosTokens();
        var stops = IntStream.concat(eos.stream().mapToInt(id -> id), stop.stopTokenIds().stream())
                .filter(id -> id >= 0 && id < model.vocabSize())
                .distinct()
                .toArray();
        return new Plan(
                prompt,
                Sampling.of(request.sampling()),
                limit,
                stop.minTokens(),
                TokenIds.of(stops),
                request.output().logProbs());
    }

    private static void checkTokens(TokenIds prompt, int vocabSize) throws EngineException {
        for (int i = 0; i < prompt.size(); i++)
            if (prompt.at(i) < 0 || prompt.at(i) >= vocabSize)
                throw EngineException.invalid(
                        "token %d of the prompt is %d, expected 0 to %d".formatted(i, prompt.at(i), vocabSize - 1));
    }

    boolean endsWith(int token) {
        return stops.stream().anyMatch(stop -> stop == token);
    }
}
