package dev.nacelle.examples.simulated;

import dev.nacelle.examples.simulated.core.BlockHash;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.TokenIds;
import java.util.Arrays;

/**
 * What a request will be answered: the same for the same prompt, seed and options, whenever and in whatever batch it
 * runs.
 *
 * @param tokens the answer
 * @param reason why it ends
 */
record Completion(TokenIds tokens, FinishReason reason) {
    private static final long STEP = 0x9E3779B97F4A7C15L;

    /** @param maxTokens most tokens, at least 1 */
    static Completion of(GenerateRequest request, int[] prompt, int maxTokens, SimulatedOptions options) {
        long state = BlockHash.next(BlockHash.root(options.seed()), prompt, 0, prompt.length)
                ^ BlockHash.mix(request.sampling().seed().orElse(0));
        int end = end(request.stop(), state, options.outputTokens());
        var tokens = new int[Math.min(end, maxTokens)];
        for (int i = 0; i < tokens.length; i++) {
            state += STEP;
            int token = token(BlockHash.mix(state), options);
            if (request.stop().endsAt(token, i))
                return new Completion(TokenIds.of(Arrays.copyOf(tokens, i)), FinishReason.STOP);
            tokens[i] = token;
        }
        return new Completion(TokenIds.of(tokens), end <= maxTokens ? FinishReason.STOP : FinishReason.LENGTH);
    }

    /** Tokens before the end of text, exponentially distributed; {@code Integer.MAX_VALUE} without an end. */
    private static int end(StopConditions stop, long state, double mean) {
        if (mean == 0 || stop.ignoreEos()) return Integer.MAX_VALUE;
        double uniform = (BlockHash.mix(~state) >>> 11) * 0x1p-53;
        return Math.max(Math.max(1, stop.minTokens()), (int) Math.round(-mean * Math.log1p(-uniform)));
    }

    private static int token(long random, SimulatedOptions options) {
        if (options.vocabSize().isPresent())
            return (int) Long.remainderUnsigned(random, options.vocabSize().get());
        int letter = (int) Long.remainderUnsigned(random, 31); // words of 5 letters or so
        return letter < 26 ? 'a' + letter : ' ';
    }
}
