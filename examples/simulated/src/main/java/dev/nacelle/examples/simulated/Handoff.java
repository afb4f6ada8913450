package dev.nacelle.examples.simulated;

import dev.nacelle.examples.simulated.core.BlockHash;
import dev.nacelle.spi.error.EngineException;
import java.util.Map;

/**
 * What a prefill worker tells a decode worker: where the prompt's blocks are, and of which prompt.
 *
 * @param workerId the prefill worker
 * @param dpRank its rank
 * @param promptTokens tokens of the prompt
 * @param promptHash of these
 */
record Handoff(long workerId, int dpRank, int promptTokens, long promptHash) {
    private static final String WORKER = "worker_id";
    private static final String RANK = "dp_rank";
    private static final String TOKENS = "prompt_tokens";
    private static final String HASH = "prompt_hash";
    /** Where hosts of engines in Python's shape put it. */
    private static final String WRAPPED = "disaggregated_params";

    static Handoff of(long workerId, int dpRank, int[] prompt) {
        return new Handoff(workerId, dpRank, prompt.length, hash(prompt));
    }

    /** JSON-like; 64-bit numbers as hexadecimal text, which no JSON parser rounds. */
    Map<String, Object> toMap() {
        return Map.of(
                WORKER,
                Long.toHexString(workerId),
                RANK,
                dpRank,
                TOKENS,
                promptTokens,
                HASH,
                Long.toHexString(promptHash));
    }

    /** @throws EngineException when that is no hand-off of this prompt by an engine of this kind */
    static void check(Map<String, Object> prefillResult, int[] prompt) throws EngineException {
        var fields = prefillResult.get(WRAPPED) instanceof Map<?, ?> inner ? inner : prefillResult;
        if (!(fields.get(TOKENS) instanceof Number tokens) || !(fields.get(HASH) instanceof String hash))
            throw EngineException.invalid(
                    "a prefill result with the keys %s, expected one of a simulated engine (%s, %s, %s, %s)"
                            .formatted(fields.keySet(), WORKER, RANK, TOKENS, HASH));
        if (tokens.intValue() != prompt.length || !hash.equals(Long.toHexString(hash(prompt))))
            throw EngineException.invalid("the prefill result belongs to another prompt, of %s tokens; this one has %d"
                    .formatted(tokens, prompt.length));
    }

    private static long hash(int[] prompt) {
        return BlockHash.next(0, prompt, 0, prompt.length);
    }
}
