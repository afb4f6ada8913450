package dev.nacelle.frontend.pipeline;

import dev.nacelle.spi.request.Embedding;
import dev.nacelle.spi.request.TokenLogProb;
import java.util.List;

/** Where a generation's pieces go, in order. */
interface Output {
    /**
     * Takes the next piece of a choice.
     *
     * @param text valid during the call only; empty when the piece is nothing but log-probabilities
     * @param logProbs of the tokens that made the text; empty when they were not asked for
     */
    void piece(int choice, CharSequence text, List<TokenLogProb> logProbs);

    /** Takes the vector of a choice. */
    void embedding(int choice, Embedding embedding);

    /** Whether the next piece is to wait for the next reading. */
    boolean isFull();
}
