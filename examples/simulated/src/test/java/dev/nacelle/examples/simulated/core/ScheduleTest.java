package dev.nacelle.examples.simulated.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Schedules computed by hand: 10 µs a prompt token, 100 µs a decode step, 1 µs more for each sequence in it. */
class ScheduleTest {
    private static final Timing TIMING = new Timing(10, 100, 1);

    private final Timeline timeline = new Timeline();

    @Test
    void aPromptIsComputedInChunksAndOthersJoinTheBatch() {
        var worker = worker(100, 4, 8);
        var a = submit(worker, 0, prompt(0, 10), 3);
        var b = submit(worker, 0, prompt(100, 4), 2);
        timeline.run();
        //   0- 80 µs  8 tokens of a's prompt, all that a step takes
        //  80-140 µs  a's last 2 and b's 4: each gets its first token
        // 140-242 µs  both decode; b is done
        // 242-343 µs  a alone
        assertThat(a.microseconds).containsExactly(140L, 242L, 343L);
        assertThat(b.microseconds).containsExactly(140L, 242L);
    }

    @Test
    void aSequenceThatComesDuringAStepIsLetInWithTheNext() {
        var worker = worker(100, 4, 100);
        var a = submit(worker, 0, prompt(0, 10), 2);
        var b = submit(worker, 30, prompt(100, 5), 2);
        timeline.run();
        //   0-100 µs  a's prompt
        // 100-251 µs  a decodes (101) while b's prompt is computed (50)
        // 251-352 µs  b decodes
        assertThat(a.microseconds).containsExactly(100L, 251L);
        assertThat(b.microseconds).containsExactly(251L, 352L);
    }

    @Test
    void aPrefixThatIsCachedCostsNothing() {
        var worker = worker(100, 4, 100);
        submit(worker, 0, prompt(0, 10), 1);
        var longer = submit(worker, 1_000, prompt(0, 14), 1);
        var same = submit(worker, 2_000, prompt(0, 8), 1);
        timeline.run();
        // 2 of the first one's 3 blocks are full; of 14 tokens 6 are left to compute.
        assertThat(longer.microseconds).containsExactly(1_060L);
        // All 8 tokens are cached; the last block is computed again, as the next token comes of it.
        assertThat(same.microseconds).containsExactly(2_040L);
        assertThat(worker.hits(0).foundTokens()).isEqualTo(8 + 4);
        assertThat(worker.hits(0).askedTokens()).isEqualTo(10 + 14 + 8);
        assertThat(worker.hits(0).recent()).isEqualTo(12 / 32.0);
    }

    @Test
    void aCompletionIsCachedForTheNextTurn() {
        var worker = worker(100, 4, 100);
        var first = prompt(0, 4);
        submit(worker, 0, first, 9);
        // The completion's last token was never fed back: 12 of 13 tokens are cached.
        var next = Arrays.copyOf(first, 20);
        System.arraycopy(completion(9), 0, next, 4, 9);
        var second = submit(worker, 10_000, next, 1);
        timeline.run();
        assertThat(second.microseconds).containsExactly(10_000L + 8 * 10);
    }

    @Test
    void theYoungestGivesItsBlocksUpAndGoesOnLater() {
        var worker = worker(5, 4, 100);
        var a = submit(worker, 0, prompt(0, 8), 6);
        var b = submit(worker, 0, prompt(100, 8), 4);
        timeline.run();
        //    0-160 µs  both prompts, in 4 of 5 blocks: first tokens
        //  160-261 µs  a's second token takes the fifth block; b finds none, and gives its two up
        //  261-564 µs  a decodes alone, to its fifth token; there are 2 free blocks, and b needs 3
        //  564-665 µs  a's last token, whose fourth block was b's second
        //  665-715 µs  b computes the 5 of its 9 tokens that are not in the cache any more, and goes on
        assertThat(a.microseconds).containsExactly(160L, 261L, 362L, 463L, 564L, 665L);
        assertThat(worker.preemptions(0)).isEqualTo(1);
        assertThat(b.tokens).containsExactly(0, 1, 2, 3);
        assertThat(b.microseconds.subList(0, 2)).containsExactly(160L, 665L + 50);
        assertThat(b.microseconds.subList(2, 4)).containsExactly(715L + 101, 715L + 202);
    }

    @Test
    void aPromptThatWasComputedElsewhereStartsWithDecoding() {
        var worker = worker(100, 4, 100);
        var output = new Recorder(timeline);
        worker.submit(0, Sequence.decode(prompt(0, 10), completion(2), 500_000, output));
        timeline.run();
        assertThat(output.microseconds).containsExactly(500 + 101L, 500 + 202L);
        assertThat(worker.cachedBlocks(0)).isEqualTo(2);
    }

    @Test
    void aPrefillKeepsItsBlocksUntilTheyAreFetched() {
        var worker = worker(100, 4, 100);
        var output = new Recorder(timeline);
        worker.submit(0, Sequence.prefill(prompt(0, 10), 500_000, output));
        timeline.runUntil(100_000);
        assertThat(output.end).isEqualTo(Sequence.End.COMPLETED);
        assertThat(output.tokens).isEmpty();
        assertThat(worker.snapshot(0).kvUsedBlocks()).isEqualTo(3);
        assertThat(worker.transfers(0)).isEqualTo(1);
        timeline.run();
        assertThat(timeline.nowNanos()).isEqualTo(600_000);
        assertThat(worker.snapshot(0).kvUsedBlocks()).isZero();
        assertThat(worker.transfers(0)).isZero();
    }

    @Test
    void snapshotsAreTrueAtEachMoment() {
        var worker = worker(10, 4, 100);
        var published = new ArrayList<String>();
        worker.publishSnapshots((now, rank) -> published.add("%d µs: %d of %d on %d, hit rate %s"
                .formatted(
                        timeline.nowNanos() / 1_000,
                        now.kvUsedBlocks(),
                        now.kvTotalBlocks(),
                        rank,
                        now.measuresHitRate() ? now.kvCacheHitRate() : "unknown")));
        submit(worker, 0, prompt(0, 8), 2);
        submit(worker, 1_000, prompt(0, 8), 1);
        timeline.run();
        assertThat(published)
                .containsExactly(
                        "0 µs: 0 of 10 on 0, hit rate unknown",
                        "0 µs: 2 of 10 on 0, hit rate 0.0",
                        "80 µs: 3 of 10 on 0, hit rate 0.0",
                        "181 µs: 0 of 10 on 0, hit rate 0.0",
                        "1000 µs: 2 of 10 on 0, hit rate 0.25",
                        "1040 µs: 0 of 10 on 0, hit rate 0.25");
    }

    @Test
    void ranksHaveStepsOfTheirOwn() {
        var worker = new SimulatedWorker(timeline, 2, config(100, 4, 100));
        var a = new Recorder(timeline);
        var b = new Recorder(timeline);
        worker.submit(0, Sequence.aggregated(prompt(0, 10), completion(1), a));
        worker.submit(1, Sequence.aggregated(prompt(0, 20), completion(1), b));
        assertThat(worker.leastLoaded()).isZero();
        timeline.run();
        assertThat(a.microseconds).containsExactly(100L);
        assertThat(b.microseconds).containsExactly(200L);
    }

    private SimulatedWorker worker(int blocks, int blockSize, int batchedTokens) {
        return new SimulatedWorker(timeline, 1, config(blocks, blockSize, batchedTokens));
    }

    private static RankConfig config(int blocks, int blockSize, int batchedTokens) {
        return new RankConfig(blocks, blockSize, 16, batchedTokens, true, 1, TIMING);
    }

    private Recorder submit(SimulatedWorker worker, long us, int[] prompt, int tokens) {
        var output = new Recorder(timeline);
        timeline.at(us * 1_000, () -> worker.submit(0, Sequence.aggregated(prompt, completion(tokens), output)));
        return output;
    }

    private static int[] prompt(int first, int length) {
        return IntStream.range(first, first + length).toArray();
    }

    private static int[] completion(int length) {
        return IntStream.range(0, length).toArray();
    }
}
