package dev.nacelle.examples.llama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several requests at a time: they share steps and KV blocks, and nothing else. */
@Timeout(120)
class BatchTest {
    @Test
    void requestsGetTheSameTokensTogetherAsAlone() throws Exception {
        var requests = mixed();
        List<List<Integer>> alone = new ArrayList<>();
        try (var served = Served.austen()) {
            for (var request : requests) alone.add(served.call(request).tokens());
            var together = requests.stream().map(served::call).toList();
            for (int i = 0; i < alone.size(); i++)
                assertThat(together.get(i).tokens()).isEqualTo(alone.get(i));
            assertThat(served.used()).isZero();
        }
        // Hardly more blocks than the longest needs alone: requests wait, and give up their blocks for older ones.
        try (var served = Served.of(TinyModel.AUSTEN, pool(9, 16))) {
            var together = requests.stream().map(served::call).toList();
            for (int i = 0; i < alone.size(); i++)
                assertThat(together.get(i).tokens()).isEqualTo(alone.get(i));
            assertThat(served.mostUsed()).isBetween(8L, 9L);
            assertThat(served.used()).isZero();
        }
    }

    /** Greedy and seeded requests, with prompts that differ in length. */
    private static List<GenerateRequest> mixed() {
        var prompts = Golden.read("austen").cases();
        var requests = new ArrayList<GenerateRequest>();
        for (int i = 0; i < 8; i++) {
            var sampling = i % 2 == 0
                    ? SamplingOptions.greedy()
                    : SamplingOptions.DEFAULT.withTemperature(0.8).withTopP(0.9).withSeed(i);
            var prompt = prompts.get(i % prompts.size()).prompt();
            requests.add(Served.sampled(sampling, 20 + 5 * i, prompt));
        }
        return requests;
    }

    @Test
    void snapshotsCountTheBlocksInUse() throws Exception {
        try (var served = Served.of(TinyModel.AUSTEN, pool(20, 4))) {
            assertThat(served.snapshots).containsExactly(new ComponentSnapshot(0, 20));

            // 6 tokens of prompt and 10 more, the last of which is never fed back: 15 positions, 4 blocks of 4.
            served.call(unending(10, 1, 3, 4, 5, 6, 7)).tokens();

            assertThat(served.snapshots)
                    .extracting(ComponentSnapshot::kvUsedBlocks)
                    .containsExactly(0L, 2L, 3L, 4L, 0L);
            assertThat(served.snapshots).allSatisfy(s -> {
                assertThat(s.kvTotalBlocks()).isEqualTo(20);
                assertThat(s.gpuCacheUsage()).isEqualTo(s.kvUsedBlocks() / 20.0);
                assertThat(s.measuresHitRate()).isFalse();
            });
        }
    }

    @Test
    void requestsWaitForBlocksAndThenProceed() throws Exception {
        try (var served = Served.of(TinyModel.AUSTEN, pool(4, 4))) {
            var first = Call.slow(served.engine, unending(12, 1, 3, 4, 5), 2);
            first.awaitTokens(2);
            var calls = IntStream.range(0, 5)
                    .mapToObj(_ -> served.call(unending(12, 1, 3, 4, 5)))
                    .toList();
            for (var call : calls) assertThat(call.tokens()).hasSize(12);
            first.read();
            assertThat(first.tokens()).isEqualTo(calls.getFirst().tokens());
            assertThat(served.mostUsed()).isEqualTo(4);
            assertThat(served.used()).isZero();
        }
    }

    @Test
    void aRequestThatCanNeverFitIsRefused() throws Exception {
        try (var served = Served.of(TinyModel.AUSTEN, pool(4, 4))) {
            assertThat(served.call(unending(14, 1, 3, 4, 5)).error()).hasValueSatisfying(error -> {
                assertThat(error).isInstanceOf(EngineError.InvalidArgument.class);
                assertThat(error.message()).contains("4 tokens", "up to 14 more", "5 KV blocks", "there are 4");
            });
            assertThat(served.call(unending(13, 1, 3, 4, 5)).tokens()).hasSize(13);
        }
    }

    @Test
    void aSlowReaderHoldsNobodyUpAndLosesNothing() throws Exception {
        try (var served = Served.austen()) {
            var request =
                    Served.greedy(20, Golden.read("austen").cases().getFirst().prompt());
            var slow = Call.slow(served.engine, request, 3);
            slow.awaitTokens(3);
            var quick = served.call(request);

            assertThat(quick.tokens()).hasSize(20);
            assertThat(slow.soFar()).hasSize(3);
            slow.read();
            assertThat(slow.tokens()).isEqualTo(quick.tokens());
        }
    }

    @Test
    void aCancelledRequestEndsAndFreesItsBlocks() throws Exception {
        try (var served = Served.austen()) {
            var running = served.call(unending(250, 1));
            running.awaitTokens(1);
            running.cancel();
            assertThat(running.reason()).isEqualTo(FinishReason.CANCELLED);

            var paused = Call.slow(served.engine, unending(250, 1), 1);
            paused.awaitTokens(1);
            paused.cancel();
            assertThat(paused.reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(served.used()).isZero();
        }
    }

    @Test
    void aCancelledRequestThatWaitsEndsAtOnce() throws Exception {
        var one = new LlamaOptions(1, 64, 8, 16, Optional.empty(), Optional.empty(), Optional.empty());
        try (var served = Served.of(TinyModel.AUSTEN, one)) {
            var running = Call.slow(served.engine, unending(20, 1), 1);
            running.awaitTokens(1);
            var waiting = served.call(unending(20, 1));
            waiting.cancel();

            assertThat(waiting.reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(waiting.soFar()).isEmpty();
            running.read();
            assertThat(running.tokens()).hasSize(20);
        }
    }

    @Test
    void moreRequestsThanMayWaitAreRefused() throws Exception {
        var few = new LlamaOptions(1, 64, 1, 16, Optional.empty(), Optional.empty(), Optional.empty());
        try (var served = Served.of(TinyModel.AUSTEN, few)) {
            var calls = IntStream.range(0, 3)
                    .mapToObj(_ -> Call.slow(served.engine, unending(9, 1), 1))
                    .toList();
            // Two are taken, neither of which can end yet; which of the three is left over is chance.
            var refused = new ArrayList<EngineError>();
            while (refused.isEmpty())
                for (var call : calls) if (call.isDone()) call.error().ifPresent(refused::add);
            assertThat(refused).singleElement().isInstanceOf(EngineError.Overloaded.class);
            calls.forEach(Call::read);
            for (var call : calls)
                if (call.error().isEmpty()) assertThat(call.tokens()).hasSize(9);
        }
    }

    /** Blocks, and tokens in each. */
    private static LlamaOptions pool(int blocks, int blockSize) {
        return new LlamaOptions(8, 64, 256, blockSize, Optional.of(blocks), Optional.empty(), Optional.empty());
    }

    private static GenerateRequest unending(int tokens, int... prompt) {
        return Served.stopping(new StopConditions(OptionalInt.of(tokens), 0, TokenIds.NONE, List.of(), true), prompt);
    }
}
