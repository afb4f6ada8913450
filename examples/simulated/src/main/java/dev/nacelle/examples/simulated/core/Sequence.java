package dev.nacelle.examples.simulated.core;

import java.util.Arrays;

/**
 * One request inside a rank: its prompt, and the completion that it will have been given. The rank does not look at the
 * completion before it is computed.
 */
public final class Sequence {
    /** Where a sequence's tokens go. Called by the thread that moves the timeline. */
    public interface Output {
        /** False leaves the sequence out of the next step. */
        default boolean isReady() {
            return true;
        }

        /** The next token of the completion. Must not call the worker: what follows goes onto the timeline. */
        void token(int id);

        /** Nothing follows; the sequence's blocks are free by now, unless they await a transfer. */
        void ended(End end);
    }

    /** How a sequence ended. */
    public enum End {
        COMPLETED,
        CANCELLED,
        /** The rank crashed. */
        FAILED
    }

    enum State {
        /** Not in the rank yet. */
        NEW,
        WAITING,
        RUNNING,
        /** Ended, and its blocks in use until the step under way is complete. */
        CANCELLED,
        ENDED
    }

    private final int[] tokens;
    private final int promptLength;
    private final Output output;
    private final Transfer transfer;
    private long[] hashes = {};
    private int hashed;

    // What the rank knows of it.
    State state = State.NEW;
    boolean paused;
    boolean admittedOnce;
    int cachedTokens;
    int emitted;
    /** Tokens whose keys and values are in the cache. */
    int computed;
    /** Tokens that the step under way computes. */
    int scheduled;
    /** Leading blocks that are cached under their hashes. */
    int cachedBlocks;

    private int[] blocks = {};
    private int blockCount;

    private Sequence(int[] prompt, int[] completion, Transfer transfer, Output output) {
        if (prompt.length == 0) throw new IllegalArgumentException("a prompt of no tokens, expected at least one");
        this.promptLength = prompt.length;
        this.tokens = Arrays.copyOf(prompt, prompt.length + completion.length);
        System.arraycopy(completion, 0, tokens, prompt.length, completion.length);
        this.transfer = transfer;
        this.output = output;
    }

    /** Both phases in one rank; without a completion the prompt alone is computed. */
    public static Sequence aggregated(int[] prompt, int[] completion, Output output) {
        return new Sequence(prompt, completion, Transfer.NONE, output);
    }

    /** The prefill phase: the blocks stay in use for so long after the end, as somebody fetches them. */
    public static Sequence prefill(int[] prompt, long transferNanos, Output output) {
        return new Sequence(prompt, new int[0], new Transfer(Transfer.Way.OUT, transferNanos), output);
    }

    /** The decode phase: the prompt was computed elsewhere, and takes so long to arrive. */
    public static Sequence decode(int[] prompt, int[] completion, long transferNanos, Output output) {
        return new Sequence(prompt, completion, new Transfer(Transfer.Way.IN, transferNanos), output);
    }

    public int promptTokens() {
        return promptLength;
    }

    /** Tokens of the completion that are out. */
    public int emittedTokens() {
        return emitted;
    }

    /** Tokens of the prompt that were found in the prefix cache when the sequence was first let in. */
    public int cachedPromptTokens() {
        return cachedTokens;
    }

    public boolean isEnded() {
        return state == State.ENDED || state == State.CANCELLED;
    }

    Output output() {
        return output;
    }

    Transfer transfer() {
        return transfer;
    }

    /** Tokens that have to be in the cache at most: the last one of a completion is never fed back. */
    int largest() {
        return Math.max(promptLength, tokens.length - 1);
    }

    /** Tokens that exist so far. */
    int known() {
        return promptLength + emitted;
    }

    /** Tokens to compute before the next one of the completion is there. */
    int pending() {
        return known() - computed;
    }

    boolean isComplete() {
        return known() == tokens.length && (emitted > 0 || computed == promptLength);
    }

    /** Takes the next token of the completion out. */
    int emit() {
        return tokens[promptLength + emitted++];
    }

    int[] tokens() {
        return tokens;
    }

    /** The hash of its block {@code index}, all of whose tokens exist. */
    long hash(int index, RankConfig config) {
        if (hashes.length <= index) hashes = Arrays.copyOf(hashes, Math.max(index + 1, 2 * hashes.length));
        for (; hashed <= index; hashed++) {
            long parent = hashed == 0 ? BlockHash.root(config.seed()) : hashes[hashed - 1];
            hashes[hashed] = BlockHash.next(parent, tokens, hashed * config.blockSize(), config.blockSize());
        }
        return hashes[index];
    }

    int blockCount() {
        return blockCount;
    }

    int block(int index) {
        return blocks[index];
    }

    void setBlock(int index, int block) {
        blocks[index] = block;
    }

    void addBlock(int block) {
        if (blocks.length == blockCount) blocks = Arrays.copyOf(blocks, Math.max(4, 2 * blockCount));
        blocks[blockCount++] = block;
    }

    /** Gives all blocks back, the last one first; what they held has to be computed again. */
    void releaseBlocks(BlockPool pool) {
        while (blockCount > 0) pool.release(blocks[--blockCount]);
        computed = 0;
        scheduled = 0;
        cachedBlocks = 0;
    }
}
