package dev.nacelle.spi.request;

import java.util.List;

/**
 * The log-probability of one generated token.
 *
 * @param tokenId the token
 * @param logProb natural logarithm of its probability; at most 0
 * @param top the most likely tokens at this position, best first; empty when not asked for
 */
public record TokenLogProb(int tokenId, double logProb, List<Candidate> top) {
    public TokenLogProb {
        top = List.copyOf(top);
    }

    /** One of the most likely tokens at a position. */
    public record Candidate(int tokenId, double logProb) {}
}
