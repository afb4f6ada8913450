package dev.nacelle.examples.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.Usage;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class DisaggregationTest {
    private static final int[] PROMPT = Served.prompt(100);

    @Test
    void aPrefillHandsItsPromptToADecodeThatAnswersAsOneWorkerWould() throws Exception {
        var options = new Options().speedup(1000);
        try (var prefill = Served.of(options, Disaggregation.PREFILL);
                var decode = Served.of(options, Disaggregation.DECODE);
                var both = Served.of(options)) {
            var first = prefill.ask(Served.request(20, PROMPT)).end();
            assertThat(first.tokens).isEmpty();
            assertThat(first.reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(first.usage()).isEqualTo(new Usage(100, 0));
            assertThat(first.handoff)
                    .containsEntry("worker_id", "abc")
                    .containsEntry("dp_rank", Served.FIRST_RANK)
                    .containsEntry("prompt_tokens", 100);

            var second = decode.ask(request(first.handoff, PROMPT)).end();
            assertThat(second.tokens)
                    .isEqualTo(both.ask(Served.request(20, PROMPT)).end().tokens);
            assertThat(second.usage()).isEqualTo(new Usage(100, 20));
            assertThat(decode.events).first().isEqualTo("3 stored 6");
        }
    }

    @Test
    void aDecodeDoesNotComputeThePrompt() throws Exception {
        // An hour of prefill, had it to be computed.
        try (var decode = Served.of(new Options().slowPrefill(), Disaggregation.DECODE)) {
            var handoff = Handoff.of(1, 0, PROMPT).toMap();
            assertThat(decode.ask(request(handoff, PROMPT)).end().tokens).hasSize(20);
            assertThat(decode.ask(request(Map.of("disaggregated_params", handoff), PROMPT))
                            .end()
                            .tokens)
                    .hasSize(20);
        }
    }

    @Test
    void aDecodeWithoutAHandoffComputesThePromptItself() throws Exception {
        try (var decode = Served.of(new Options().speedup(0), Disaggregation.DECODE)) {
            assertThat(decode.ask(Served.request(20, PROMPT)).end().tokens).hasSize(20);
        }
    }

    @Test
    void aHandoffOfAnotherPromptOrEngineIsRefused() throws Exception {
        try (var decode = Served.of(new Options().speedup(0), Disaggregation.DECODE)) {
            var other = Handoff.of(1, 0, Served.prompt(99)).toMap();
            assertThat(decode.ask(request(other, PROMPT)).failure())
                    .isInstanceOf(EngineError.InvalidArgument.class)
                    .extracting(EngineError::message)
                    .asString()
                    .contains("another prompt, of 99 tokens");
            assertThat(decode.ask(request(Map.of("remote", 1), PROMPT))
                            .failure()
                            .message())
                    .contains("[remote]", "prompt_tokens");
        }
    }

    @Test
    void aPrefillWorkerIsNotQuiescentWhileItsBlocksAreFetched() throws Exception {
        try (var prefill = Served.of(new Options().slowTransfer(), Disaggregation.PREFILL)) {
            assertThat(prefill.engine.isQuiescent()).contains(true);
            prefill.ask(Served.request(1, PROMPT)).end();
            assertThat(prefill.engine.isQuiescent()).contains(false);
            assertThat(prefill.state("used_blocks")).isEqualTo("7");
        }
        try (var prefill = Served.of(new Options().speedup(0), Disaggregation.PREFILL)) {
            prefill.ask(Served.request(1, PROMPT)).end();
            Await.until(() -> prefill.engine.isQuiescent().orElse(false));
            assertThat(prefill.state("used_blocks")).isEqualTo("0");
        }
    }

    private static GenerateRequest request(Map<String, Object> prefillResult, int... prompt) {
        return Served.request(StopConditions.maxTokens(20), OptionalInt.empty(), prefillResult, prompt);
    }
}
