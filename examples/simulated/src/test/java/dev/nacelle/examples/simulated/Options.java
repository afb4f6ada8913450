package dev.nacelle.examples.simulated;

import java.util.Optional;

/** The default options but for what a test sets. */
final class Options {
    private int blocks = SimulatedOptions.DEFAULT.blocks();
    private int blockSize = SimulatedOptions.DEFAULT.blockSize();
    private Optional<Integer> ranks = Optional.empty();
    private double prefillUsPerToken = SimulatedOptions.DEFAULT.prefillUsPerToken();
    private double decodeUsPerStep = SimulatedOptions.DEFAULT.decodeUsPerStep();
    private double transferUsPerToken = SimulatedOptions.DEFAULT.transferUsPerToken();
    private double speedup = SimulatedOptions.DEFAULT.speedup();
    private long seed = SimulatedOptions.DEFAULT.seed();
    private int maxNumSeqs = SimulatedOptions.DEFAULT.maxNumSeqs();
    private int maxWaiting = SimulatedOptions.DEFAULT.maxWaiting();
    private int contextLength = SimulatedOptions.DEFAULT.contextLength();
    private double outputTokens = SimulatedOptions.DEFAULT.outputTokens();
    private Optional<Integer> vocabSize = Optional.empty();

    Options blocks(int value) {
        blocks = value;
        return this;
    }

    Options blockSize(int value) {
        blockSize = value;
        return this;
    }

    Options ranks(int value) {
        ranks = Optional.of(value);
        return this;
    }

    /** No time at all but 1 s for each token of a prompt. */
    Options slowPrefill() {
        prefillUsPerToken = 1_000_000;
        return this;
    }

    Options slowTransfer() {
        transferUsPerToken = 1_000_000;
        return this;
    }

    Options slowDecode() {
        decodeUsPerStep = 1_000_000_000;
        return this;
    }

    Options speedup(double value) {
        speedup = value;
        return this;
    }

    Options seed(long value) {
        seed = value;
        return this;
    }

    Options maxNumSeqs(int value) {
        maxNumSeqs = value;
        return this;
    }

    Options maxWaiting(int value) {
        maxWaiting = value;
        return this;
    }

    Options contextLength(int value) {
        contextLength = value;
        return this;
    }

    Options outputTokens(double value) {
        outputTokens = value;
        return this;
    }

    Options vocabSize(int value) {
        vocabSize = Optional.of(value);
        return this;
    }

    SimulatedOptions make() {
        return new SimulatedOptions(
                blocks,
                blockSize,
                ranks,
                prefillUsPerToken,
                decodeUsPerStep,
                SimulatedOptions.DEFAULT.decodeUsPerToken(),
                transferUsPerToken,
                speedup,
                seed,
                maxNumSeqs,
                SimulatedOptions.DEFAULT.maxNumBatchedTokens(),
                maxWaiting,
                contextLength,
                true,
                outputTokens,
                vocabSize);
    }
}
