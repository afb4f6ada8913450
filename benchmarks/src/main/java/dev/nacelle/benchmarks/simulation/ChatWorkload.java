package dev.nacelle.benchmarks.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Conversations of several turns, each of which repeats all that was said before it, behind one of a few system prompts.
 * An open loop: when a turn comes does not depend on when the one before was answered.
 *
 * @param systemPrompts how many there are, all as likely
 * @param systemTokens tokens of each
 * @param turns of a conversation on average, from 1 to twice as many less 1
 * @param userTokens tokens that a turn adds on average, from half to one and a half as many
 * @param answerTokens tokens of an answer, likewise
 * @param pauseSeconds from a turn to the next on average, exponentially distributed
 */
record ChatWorkload(
        int systemPrompts, int systemTokens, int turns, int userTokens, int answerTokens, double pauseSeconds) {
    private static final int VOCABULARY = 32_000;

    /** One request. Its prompt is made when it is asked for: they share most of what they say. */
    static final class Turn {
        final long nanos;
        final int conversation;
        private final int[] tokens;
        private final int promptLength;
        private final int answerLength;

        private Turn(long nanos, int conversation, int[] tokens, int promptLength, int answerLength) {
            this.nanos = nanos;
            this.conversation = conversation;
            this.tokens = tokens;
            this.promptLength = promptLength;
            this.answerLength = answerLength;
        }

        int[] prompt() {
            return Arrays.copyOf(tokens, promptLength);
        }

        int[] answer() {
            return Arrays.copyOfRange(tokens, promptLength, promptLength + answerLength);
        }
    }

    /** The same for the same seed, in the order of their arrival; the rate is that of conversations. */
    List<Turn> generate(long seed, double conversationsPerSecond, double seconds) {
        var random = new SplittableRandom(seed);
        var systems = new int[systemPrompts][];
        for (int i = 0; i < systemPrompts; i++) systems[i] = tokens(random, systemTokens);
        var all = new ArrayList<Turn>();
        int conversations = 0;
        for (double at = pause(random, 1 / conversationsPerSecond);
                at < seconds;
                at += pause(random, 1 / conversationsPerSecond))
            converse(random, at, seconds, conversations++, systems[random.nextInt(systemPrompts)], all);
        all.sort(Comparator.comparingLong(turn -> turn.nanos));
        return all;
    }

    private void converse(
            SplittableRandom random, double start, double end, int conversation, int[] system, List<Turn> all) {
        int count = 1 + random.nextInt(2 * turns - 1);
        var prompts = new int[count];
        var answers = new int[count];
        int length = systemTokens;
        for (int i = 0; i < count; i++) {
            length += around(random, userTokens);
            prompts[i] = length;
            answers[i] = around(random, answerTokens);
            length += answers[i];
        }
        var tokens = Arrays.copyOf(system, length);
        System.arraycopy(tokens(random, length - systemTokens), 0, tokens, systemTokens, length - systemTokens);
        double at = start;
        for (int i = 0; i < count && at < end; i++, at += pause(random, pauseSeconds))
            all.add(new Turn((long) (at * 1e9), conversation, tokens, prompts[i], answers[i]));
    }

    private static int around(SplittableRandom random, int mean) {
        return mean / 2 + random.nextInt(mean + 1);
    }

    private static double pause(SplittableRandom random, double mean) {
        return -mean * Math.log1p(-random.nextDouble());
    }

    private static int[] tokens(SplittableRandom random, int count) {
        return random.ints(count, 0, VOCABULARY).toArray();
    }
}
