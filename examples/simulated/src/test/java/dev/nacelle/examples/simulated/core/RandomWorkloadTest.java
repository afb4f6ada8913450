package dev.nacelle.examples.simulated.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.examples.simulated.core.Sequence.End;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random sequences in few blocks, with cancellations, slow readers, faults and transfers. */
class RandomWorkloadTest {
    private static final int SEQUENCES = 200;

    /** One run, and what became of it. */
    private static final class Run {
        final Timeline timeline = new Timeline();
        final List<Recorder> outputs = new ArrayList<>();
        final List<int[]> completions = new ArrayList<>();
        final EventMirror mirror;
        final SimulatedWorker worker;

        Run(long seed) {
            var random = new Random(seed);
            var config = new RankConfig(
                    20 + random.nextInt(20),
                    1 + random.nextInt(6),
                    1 + random.nextInt(12),
                    1 + random.nextInt(40),
                    seed % 5 != 0,
                    seed,
                    new Timing(10, 100, 1));
            mirror = new EventMirror(config);
            worker = new SimulatedWorker(timeline, 1, config);
            worker.publishEvents(0, mirror);
            int most = config.blocks() * config.blockSize() / 2;
            for (int i = 0; i < SEQUENCES; i++) submit(random, most);
            for (int i = 0; i < 20; i++) disturb(random);
        }

        private void submit(Random random, int most) {
            // Few different tokens, so that prefixes are shared.
            var prompt = random.ints(1 + random.nextInt(most), 0, 2).toArray();
            var completion = random.ints(1 + random.nextInt(most), 0, 2).toArray();
            var output = new Recorder(timeline);
            long at = random.nextInt(50_000_000);
            var sequence = switch (random.nextInt(8)) {
                case 0 -> Sequence.prefill(prompt, random.nextInt(2_000_000), output);
                case 1 -> Sequence.decode(prompt, completion, random.nextInt(2_000_000), output);
                default -> Sequence.aggregated(prompt, completion, output);
            };
            outputs.add(output);
            completions.add(completion);
            timeline.at(at, () -> worker.submit(0, sequence));
            if (random.nextInt(5) == 0) timeline.at(at + random.nextInt(5_000_000), () -> worker.cancel(0, sequence));
            if (random.nextInt(5) == 0) {
                timeline.at(at + random.nextInt(2_000_000), () -> output.ready = false);
                timeline.at(at + 3_000_000, () -> {
                    output.ready = true;
                    worker.wake();
                });
            }
        }

        private void disturb(Random random) {
            long at = random.nextInt(60_000_000);
            switch (random.nextInt(4)) {
                case 0 -> {
                    timeline.at(at, () -> worker.hang(0, true));
                    timeline.at(at + 1_000_000, () -> worker.hang(0, false));
                }
                case 1 -> {
                    timeline.at(at, () -> worker.withhold(0, 10));
                    timeline.at(at + 1_000_000, () -> worker.withhold(0, 0));
                }
                case 2 -> timeline.at(at, () -> worker.slowDown(0, 0.5 + random.nextDouble()));
                default -> timeline.at(at, () -> worker.clearCache(0));
            }
        }

        Run run() {
            timeline.run();
            // Disturbances may have overlapped: whatever is still held up by one goes on now.
            worker.hang(0, false);
            worker.withhold(0, 0);
            outputs.forEach(output -> output.ready = true);
            worker.wake();
            timeline.run();
            return this;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void noTokenIsLostAndNoBlockLeaks(long seed) {
        var run = new Run(seed).run();
        for (int i = 0; i < SEQUENCES; i++) {
            var output = run.outputs.get(i);
            assertThat(output.end).as("sequence %d", i).isNotNull();
            var all = Arrays.stream(run.completions.get(i)).boxed().toList();
            assertThat(output.tokens).isEqualTo(all.subList(0, output.tokens.size()));
            if (output.end == End.COMPLETED && !output.tokens.isEmpty())
                assertThat(output.tokens).hasSameSizeAs(all);
        }
        assertThat(run.worker.snapshot(0).kvUsedBlocks()).isZero();
        assertThat(run.worker.sequences(0)).isZero();
        assertThat(run.worker.transfers(0)).isZero();
        assertThat(run.mirror.blocks).as("what the events say").hasSize(run.worker.cachedBlocks(0));
        assertThat(run.worker.cachedBlocks(0)).isEqualTo(seed % 5 == 0 ? 0 : run.mirror.blocks.size());
    }

    @Test
    void preemptionsHappenInThem() {
        assertThat(List.of(1L, 2L, 3L, 4L))
                .allSatisfy(seed ->
                        assertThat(new Run(seed).run().worker.preemptions(0)).isPositive());
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        var one = new Run(3).run();
        var other = new Run(3).run();
        assertThat(other.timeline.nowNanos()).isEqualTo(one.timeline.nowNanos());
        assertThat(other.mirror.log.toString()).isEqualTo(one.mirror.log.toString());
        for (int i = 0; i < SEQUENCES; i++)
            assertThat(other.outputs.get(i).microseconds).isEqualTo(one.outputs.get(i).microseconds);
        assertThat(new Run(4).run().timeline.nowNanos()).isNotEqualTo(one.timeline.nowNanos());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 6})
    void aCrashLosesEverythingAndTheRankServesOn(long seed) {
        var run = new Run(seed);
        run.timeline.runUntil(20_000_000);
        run.worker.crash(0);
        assertThat(run.mirror.blocks).isEmpty();
        assertThat(run.worker.sequences(0)).isZero();
        run.run();
        assertThat(run.outputs).allSatisfy(output -> assertThat(output.end).isNotNull());
        assertThat(run.outputs).anySatisfy(output -> assertThat(output.end).isEqualTo(End.FAILED));
        assertThat(run.outputs).anySatisfy(output -> assertThat(output.end).isEqualTo(End.COMPLETED));
        assertThat(run.worker.snapshot(0).kvUsedBlocks()).isZero();
        assertThat(run.mirror.blocks).hasSize(run.worker.cachedBlocks(0));
    }
}
