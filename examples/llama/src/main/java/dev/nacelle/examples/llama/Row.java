package dev.nacelle.examples.llama;

/**
 * One token of a step.
 *
 * @param position the token's place in its sequence; {@code kv} holds all before it (in this step or earlier ones) and
 *     has room for it
 * @param wantsLogits whether what follows the token is to be computed
 */
record Row(int token, int position, KvBlocks kv, boolean wantsLogits) {}
