package dev.nacelle.examples.echo;

import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.TokenIds;
import java.util.Map;

/**
 * The embedding of an engine without a model: how often each token occurs, folded into few dimensions and scaled to length
 * 1. Texts of the same tokens have the same vector, and those that share many have vectors close to each other.
 */
final class TokenCounts {
    private static final int DIMENSIONS = 64;
    private static final int DIMENSIONS_MAX = 4096;
    /** Knuth's multiplicative hash: 2^32 divided by the golden ratio. */
    private static final int SPREAD = 0x9E37_79B1;

    private TokenCounts() {}

    /** How long a vector the caller wants, by {@code dimensions}. */
    static int dimensions(Map<String, Object> extras) throws EngineException {
        return switch (extras.get("dimensions")) {
            case null -> DIMENSIONS;
            case Number wanted
            when wanted.longValue() >= 1 && wanted.longValue() <= DIMENSIONS_MAX -> wanted.intValue();
            case Object wanted ->
                throw EngineException.invalid(
                        "dimensions: found %s, expected 1 to %d".formatted(wanted, DIMENSIONS_MAX));
        };
    }

    static float[] vector(TokenIds tokens, int dimensions) {
        var counts = new float[dimensions];
        tokens.stream().forEach(id -> counts[Integer.remainderUnsigned(id * SPREAD, dimensions)]++);
        double squares = 0;
        for (float count : counts) squares += (double) count * count;
        for (int i = 0; i < dimensions; i++) counts[i] /= (float) Math.sqrt(squares);
        return counts;
    }
}
