package dev.nacelle.examples.llama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What one request gets from the model of the examples: its tokens, and the ways in which it ends. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GenerateTest {
    private static final int EOS = 2;
    private static final Golden GOLDEN = Golden.read("austen");
    /** Reaches the end of text after 28 tokens. */
    private static final Golden.Case ENDING = GOLDEN.cases().getFirst();

    private Served served;

    @BeforeAll
    void start() throws Exception {
        served = Served.austen();
    }

    @AfterAll
    void stop() throws Exception {
        served.close();
    }

    @Test
    void theEndOfTextEndsTheStreamAndIsNoPartOfIt() throws Exception {
        var call = served.call(Served.greedy(64, ENDING.prompt()));

        assertThat(call.reason()).isEqualTo(FinishReason.STOP);
        assertThat(call.tokens()).isEqualTo(greedy(ENDING, ENDING.endsAt())).hasSize(28);
        assertThat(call.usage()).isEqualTo(new Usage(12, 28));
    }

    @Test
    void minTokensRulesTheEndOfTextOutUntilThen() throws Exception {
        for (var expected : List.of(ENDING, GOLDEN.cases().getLast())) {
            var stop = new StopConditions(OptionalInt.of(64), 64, TokenIds.NONE, List.of(), false);
            var call = served.call(Served.stopping(stop, expected.prompt()));

            assertThat(call.tokens()).isEqualTo(greedy(expected, 64));
            assertThat(call.reason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void ignoreEosGoesOnPastTheEndOfText() throws Exception {
        var stop = new StopConditions(OptionalInt.of(40), 0, TokenIds.NONE, List.of(), true);
        var call = served.call(Served.stopping(stop, ENDING.prompt()));

        assertThat(call.tokens())
                .hasSize(40)
                .contains(EOS)
                .startsWith(greedy(ENDING, 28).toArray(Integer[]::new));
        assertThat(call.reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aStopTokenEndsTheStream() throws Exception {
        int sixth = ENDING.greedy()[5];
        int first = greedy(ENDING, 6).indexOf(sixth);
        var stop = new StopConditions(OptionalInt.of(64), 0, TokenIds.of(sixth), List.of(), false);
        var call = served.call(Served.stopping(stop, ENDING.prompt()));

        assertThat(call.tokens()).isEqualTo(greedy(ENDING, first));
        assertThat(call.reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void maxTokensEndsTheStream() throws Exception {
        var call = served.call(Served.greedy(5, ENDING.prompt()));

        assertThat(call.tokens()).isEqualTo(greedy(ENDING, 5));
        assertThat(call.reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(call.usage()).isEqualTo(new Usage(12, 5));
    }

    @Test
    void theContextsEndEndsTheStream() throws Exception {
        var prompt = IntStream.generate(() -> 300).limit(250).toArray();
        var stop = new StopConditions(OptionalInt.of(1000), 0, TokenIds.NONE, List.of(), true);
        var call = served.call(Served.stopping(stop, prompt));

        assertThat(call.tokens()).hasSize(6);
        assertThat(call.reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void withoutMaxTokensTheContextIsTheLimit() throws Exception {
        var stop = new StopConditions(OptionalInt.empty(), 0, TokenIds.NONE, List.of(), true);
        var call = served.call(Served.stopping(stop, 1));

        assertThat(call.tokens()).hasSize(255);
        assertThat(call.reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aSeedRepeatsTheTokensAndAnotherGivesOthers() throws Exception {
        var sampling = SamplingOptions.DEFAULT.withTemperature(0.9).withTopP(0.95);
        var first = served.call(Served.sampled(sampling.withSeed(7), 40, ENDING.prompt()));
        var again = served.call(Served.sampled(sampling.withSeed(7), 40, ENDING.prompt()));
        var other = served.call(Served.sampled(sampling.withSeed(8), 40, ENDING.prompt()));

        assertThat(again.tokens()).isEqualTo(first.tokens());
        assertThat(other.tokens()).isNotEqualTo(first.tokens());
    }

    @Test
    void logProbabilitiesComeWithEachToken() throws Exception {
        var call = served.call(Served.reporting(3, 10, ENDING.prompt()));

        assertThat(call.tokens()).isEqualTo(greedy(ENDING, 10));
        assertThat(call.logProbs()).hasSize(10).allSatisfy(p -> {
            assertThat(p.top()).hasSize(3);
            assertThat(p.top().getFirst().tokenId()).isEqualTo(p.tokenId());
            assertThat(p.top().getFirst().logProb()).isEqualTo(p.logProb()).isNegative();
            assertThat(p.top().get(1).logProb())
                    .isGreaterThanOrEqualTo(p.top().get(2).logProb());
        });
    }

    @Test
    void logProbabilitiesWithoutCandidatesAreTheTokensOwn() throws Exception {
        var call = served.call(Served.reporting(0, 4, ENDING.prompt()));

        assertThat(call.tokens()).hasSize(4);
        assertThat(call.logProbs())
                .hasSize(4)
                .allSatisfy(p -> assertThat(p.top()).isEmpty());
    }

    @Test
    void theHealthCheckIsAnswered() throws Exception {
        var call = served.call(served.engine.healthCheckRequest().orElseThrow());

        assertThat(call.tokens()).hasSize(1);
    }

    @Test
    void whatCannotBeServedIsRefusedByName() throws Exception {
        refused(Served.greedy(5, 1, 2048), "token 1 of the prompt is 2048, expected 0 to 2047");
        refused(Served.greedy(5, -1), "token 0 of the prompt is -1");
        refused(Served.greedy(5, IntStream.generate(() -> 3).limit(256).toArray()), "256 tokens");
        refused(Served.sampled(SamplingOptions.DEFAULT.withTemperature(Double.NaN), 5, 1), "temperature is NaN");
        refused(Served.sampled(SamplingOptions.DEFAULT.withTopP(0), 5, 1), "top_p is 0.0");
        var promptLogProbs = new OutputOptions(OptionalInt.empty(), OptionalInt.of(1), true);
        refused(Served.with(Served.greedy(5, 1), StopConditions.maxTokens(5), promptLogProbs), "prompt log-prob");
    }

    private void refused(GenerateRequest request, String why) throws Exception {
        assertThat(served.call(request).error()).hasValueSatisfying(error -> {
            assertThat(error).isInstanceOf(EngineError.InvalidArgument.class);
            assertThat(error.message()).contains(why);
        });
    }

    private static List<Integer> greedy(Golden.Case expected, int count) {
        return IntStream.of(expected.greedy()).limit(count).boxed().toList();
    }
}
