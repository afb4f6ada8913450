package dev.nacelle.examples.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class SimulatedEngineTest {
    /** As fast as tokens are read. */
    private static Options fast() {
        return new Options().speedup(0);
    }

    @Test
    void isFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(EngineProvider.class)).hasOnlyElementsOfType(SimulatedProvider.class);
    }

    @Test
    void declaresItsSizes() throws Exception {
        try (var served = Served.of(fast().blocks(100).blockSize(8).ranks(2).maxNumSeqs(7))) {
            var sizes = served.config.registration();
            assertThat(sizes.totalKvBlocks()).hasValue(100);
            assertThat(sizes.kvCacheBlockSize()).hasValue(8);
            assertThat(sizes.maxNumSeqs()).hasValue(7);
            assertThat(sizes.dataParallelSize()).hasValue(2);
            assertThat(sizes.dataParallelStartRank()).hasValue(Served.FIRST_RANK);
        }
    }

    @Test
    void theSameRequestGetsTheSameLettersWhateverElseRuns() throws Exception {
        List<Integer> alone;
        try (var served = Served.of(fast())) {
            var exchange = served.ask(Served.request(40, 1, 2, 3)).end();
            alone = List.copyOf(exchange.tokens);
            assertThat(alone).hasSize(40).allMatch(id -> id == ' ' || (id >= 'a' && id <= 'z'));
            assertThat(exchange.reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(exchange.usage()).isEqualTo(new Usage(3, 40));
        }
        try (var served =
                Served.of(new Options().speedup(1000).blocks(20).blockSize(4).contextLength(80))) {
            var others = List.of(served.ask(Served.request(40, 1, 2, 4)), served.ask(Served.request(40, 9)));
            assertThat(served.ask(Served.request(40, 1, 2, 3)).end().tokens).isEqualTo(alone);
            for (var other : others) assertThat(other.end().tokens).hasSize(40).isNotEqualTo(alone);
        }
        try (var served = Served.of(fast().seed(5))) {
            assertThat(served.ask(Served.request(40, 1, 2, 3)).end().tokens).isNotEqualTo(alone);
        }
    }

    @Test
    void aTextEndsByItselfWhereOutputTokensSaysSo() throws Exception {
        try (var served = Served.of(fast().outputTokens(50).vocabSize(10))) {
            double sum = 0;
            for (int i = 0; i < 400; i++) {
                var exchange = served.ask(Served.request(2_000, i)).end();
                assertThat(exchange.reason()).isEqualTo(FinishReason.STOP);
                assertThat(exchange.tokens).allMatch(id -> id >= 0 && id < 10);
                sum += exchange.tokens.size();
            }
            assertThat(sum / 400).isBetween(42.0, 58.0);
            var ignoring = new StopConditions(OptionalInt.of(500), 0, TokenIds.NONE, List.of(), true);
            var request = Served.request(ignoring, OptionalInt.empty(), Map.of(), 1);
            assertThat(served.ask(request).end().tokens).hasSize(500);
        }
    }

    @Test
    void countsWhatWasCachedAndTellsOfBlocks() throws Exception {
        try (var served = Served.of(fast().blockSize(4))) {
            served.ask(Served.request(1, Served.prompt(10))).end();
            assertThat(served.ask(Served.request(1, Served.prompt(10))).end().usage())
                    .isEqualTo(new Usage(10, 1, 8));
            assertThat(served.events).containsExactly("3 stored 2");
            assertThat(served.state("cached_blocks")).isEqualTo("2");
            served.control("clear_cache", Map.of());
            assertThat(served.events).last().isEqualTo("3 cleared");
        }
    }

    @Test
    void refusesWhatDoesNotFit() throws Exception {
        try (var served =
                Served.of(fast().contextLength(100).blocks(5).blockSize(4).ranks(2))) {
            assertThat(served.ask(Served.request(98, 1, 2, 3)).failure())
                    .isInstanceOf(EngineError.InvalidArgument.class)
                    .extracting(EngineError::message)
                    .asString()
                    .contains("3 tokens", "max_tokens 98", "100");
            assertThat(served.ask(Served.request(19, 1, 2, 3)).failure().message())
                    .contains("6 KV blocks", "5");
            var request = Served.request(StopConditions.maxTokens(1), OptionalInt.of(5), Map.of(), 1);
            assertThat(served.ask(request).failure().message()).contains("dp_rank 5, expected 3 to 4");
            assertThat(served.ask(Served.request(18, 1, 2, 3)).end().tokens).hasSize(18);
        }
    }

    @Test
    void refusesFurtherRequestsWhenTooManyWait() throws Exception {
        try (var served = Served.of(new Options().slowPrefill().maxNumSeqs(1).maxWaiting(1))) {
            var first = served.ask(Served.request(1, Served.prompt(1000)));
            var second = served.ask(Served.request(1, Served.prompt(1000)));
            Await.until(() -> {
                try {
                    return served.state("waiting").equals("1");
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(served.ask(Served.request(1, 1)).failure()).isInstanceOf(EngineError.Overloaded.class);
            first.cancel();
            second.cancel();
            assertThat(first.end().reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(second.end().reason()).isEqualTo(FinishReason.CANCELLED);
        }
    }

    @Test
    void aSlowReaderHoldsNobodyUpAndIsServedWhenItReadsOn() throws Exception {
        try (var served = Served.of(fast())) {
            var slow = new Exchange(served.engine, Served.request(10, 4));
            slow.capacity = 3;
            slow.start().awaitTokens(3);
            assertThat(served.ask(Served.request(50, 5)).end().tokens).hasSize(50);
            assertThat(slow.tokens).hasSize(3);
            slow.capacity = 100;
            assertThat(slow.end().tokens).hasSize(10);
        }
    }

    @Test
    void cancellationEndsAStreamInTheMiddleOfAStep() throws Exception {
        try (var served = Served.of(new Options().slowDecode())) {
            var exchange = served.ask(Served.request(10, 1)).awaitTokens(1);
            exchange.cancel();
            assertThat(exchange.end().reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(exchange.usage()).isEqualTo(new Usage(1, 1));
        }
    }

    @Test
    void cleanupEndsRunningStreamsWithATypedErrorAndIsSafeAtAnyTime() throws Exception {
        new SimulatedEngine(SimulatedOptions.DEFAULT).cleanup();
        var served = Served.of(new Options().slowDecode());
        var exchange = served.ask(Served.request(10, 1)).awaitTokens(1);
        served.close();
        served.close();
        assertThat(exchange.failure()).isInstanceOf(EngineError.EngineShutdown.class);
        assertThat(served.ask(Served.request(1, 1)).failure()).isInstanceOf(EngineError.EngineShutdown.class);
    }

    @Test
    void optionsSayWhatWasExpected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Options().speedup(Double.NaN).make())
                .withMessage("speedup NaN, expected 0 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Options().blocks(0).make())
                .withMessage("blocks 0, expected at least 1");
    }

    @Test
    void ranksThatTheFileContradictsAreRefused() {
        assertThatThrownBy(() -> Served.of(new Options().ranks(2), Served.worker(4, Disaggregation.AGGREGATED)))
                .isInstanceOf(EngineException.class)
                .hasMessage("ranks 2 and data_parallel.size 4: leave one of them out");
    }
}
