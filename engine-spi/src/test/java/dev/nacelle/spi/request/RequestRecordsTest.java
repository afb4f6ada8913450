package dev.nacelle.spi.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RequestRecordsTest {
    @Test
    void aPromptHasTokens() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Prompt.Tokens())
                .withMessage("a prompt of no tokens, expected at least one");
    }

    @Test
    void tokenIdsShareNothingWithTheirArray() {
        int[] array = {1, 2};
        var ids = TokenIds.of(array);
        array[0] = 9;
        ids.toArray()[1] = 9;
        assertThat(ids).isEqualTo(TokenIds.of(1, 2)).hasSameHashCodeAs(TokenIds.of(1, 2));
        assertThat(ids.stream()).containsExactly(1, 2);
        assertThat(TokenIds.of()).isSameAs(TokenIds.NONE);
        assertThatThrownBy(() -> ids.at(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void longPromptsAreNotPrintedInFull() {
        assertThat(TokenIds.of(1, 2)).hasToString("[1, 2]");
        assertThat(TokenIds.of(new int[100])).hasToString("[0, 0, 0, 0, 0, 0, 0, 0]… (100)");
    }

    @Test
    void limitsOfNothingAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StopConditions.maxTokens(0))
                .withMessage("max_tokens 0, expected at least 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StopConditions(OptionalInt.empty(), -1, TokenIds.NONE, List.of(), false))
                .withMessage("min_tokens -1, expected 0 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplingOptions(
                        SamplingOptions.DEFAULT.temperature(),
                        SamplingOptions.DEFAULT.topP(),
                        SamplingOptions.DEFAULT.topK(),
                        SamplingOptions.DEFAULT.minP(),
                        SamplingOptions.DEFAULT.presencePenalty(),
                        SamplingOptions.DEFAULT.frequencyPenalty(),
                        SamplingOptions.DEFAULT.repetitionPenalty(),
                        SamplingOptions.DEFAULT.seed(),
                        0,
                        Map.of()))
                .withMessage("n 0, expected at least 1");
    }

    @Test
    void aStopTokenCountsOnceMinTokensAreOut() {
        var stop = new StopConditions(OptionalInt.of(9), 2, TokenIds.of(7, 8), List.of(), false);
        assertThat(stop.endsAt(8, 1)).isFalse();
        assertThat(stop.endsAt(8, 2)).isTrue();
        assertThat(stop.endsAt(9, 2)).isFalse();
    }

    @Test
    void samplingOptionsChangeOneAtATime() {
        assertThat(SamplingOptions.greedy().temperature()).hasValue(0);
        assertThat(SamplingOptions.greedy().withTopP(0.5).withSeed(3))
                .returns(0.5, options -> options.topP().orElseThrow())
                .returns(3L, options -> options.seed().orElseThrow())
                .returns(0.0, options -> options.temperature().orElseThrow());
    }

    @Test
    void usageThatCannotBeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Usage(3, 1, 4))
                .withMessageContaining("3 prompt, 1 completion and 4 cached tokens");
        assertThatIllegalArgumentException().isThrownBy(() -> new Usage(-1, 0));
    }

    @Test
    void logProbabilitiesComeOnePerToken() {
        var one = List.of(new TokenLogProb(5, -1, List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new Chunk(0, TokenIds.of(5, 6), Optional.empty(), one, Optional.empty(), Map.of(), Map.of()))
                .withMessage("1 log-probabilities for 2 tokens, expected one each");
        assertThat(Chunk.ofLogProbs(one).tokens()).isEqualTo(TokenIds.of(5));
    }

    @Test
    void aChoiceIsNotNegative() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new Chunk(-1, TokenIds.NONE, Optional.empty(), List.of(), Optional.empty(), Map.of(), Map.of()))
                .withMessage("choice index -1, expected 0 or more");
    }

    @Test
    void jsonKeepsItsOrderAndItsNulls() {
        var body = new LinkedHashMap<String, Object>();
        body.put("z", 1);
        body.put("a", true);
        var prompt = new Prompt.Messages(List.of(body));
        body.put("late", 2);
        assertThat(new ArrayList<>(prompt.messages().getFirst().keySet())).containsExactly("z", "a");
        assertThatThrownBy(() -> prompt.messages().getFirst().clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aTokenEngineThatGetsTextIsToldWhatToDeclare() {
        var request = GenerateRequest.of("m", new Prompt.Text("hi"), 1);
        assertThatIllegalStateException().isThrownBy(request::tokenIds).withMessageContaining("ModelInput.TEXT");
        assertThat(GenerateRequest.of("m", new Prompt.Tokens(4), 1).tokenIds()).isEqualTo(TokenIds.of(4));
    }

    @Test
    void aProbeDiffersFromItsRequestByTheMarkAlone() {
        var request = GenerateRequest.of("m", new Prompt.Tokens(4), 1);
        assertThat(request.healthCheck()).isFalse();
        assertThat(request.asHealthCheck())
                .usingRecursiveComparison()
                .ignoringFields("healthCheck")
                .isEqualTo(request);
        assertThat(request.asHealthCheck().healthCheck()).isTrue();
    }

    @Test
    void finishReasonsReadAsOnTheWire() {
        assertThat(FinishReason.CONTENT_FILTER.wireName()).isEqualTo("content_filter");
    }

    @Test
    void embeddingsAreValues() {
        float[] values = {1, 2};
        var embedding = Embedding.of(values);
        values[0] = 9;
        assertThat(embedding).isEqualTo(Embedding.of(1, 2)).hasSameHashCodeAs(Embedding.of(1, 2));
        assertThat(embedding.at(0)).isEqualTo(1);
        assertThat(embedding).hasToString("Embedding[2]");
    }
}
