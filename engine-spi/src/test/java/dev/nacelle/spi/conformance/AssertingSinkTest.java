package dev.nacelle.spi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AssertingSinkTest {
    private final GenerateRequest request = GenerateRequest.of("m", new Prompt.Tokens(1), 3);
    private final Reader reader = new Reader(Reader.UNBOUNDED, false);
    private final Exchange context = new Exchange(
            new CorrectEngine(),
            request,
            "r1",
            reader,
            new Bench(
                    CorrectEngine::new,
                    Conformance.WORKER,
                    Prompts.DEFAULT,
                    Limits.DEFAULT.withAnswer(Duration.ofSeconds(1)),
                    new Findings()));
    private final List<Violation> violations = new ArrayList<>();
    private final AssertingSink sink = new AssertingSink(reader, request, context, violations::add);

    @Test
    void whatIsRightIsPassedOn() {
        sink.token(5);
        sink.emit(Chunk.ofTokens(6, 7));
        sink.finish(FinishReason.STOP, new Usage(1, 3));
        sink.returned();
        assertThat(violations).isEmpty();
        assertThat(reader.answer().tokenIds()).containsExactly(5, 6, 7);
        assertThat(reader.reason()).contains(FinishReason.STOP);
        assertThat(reader.usage()).isEqualTo(Optional.of(new Usage(1, 3)));
    }

    @Test
    void whatComesAfterTheTerminalIsReportedAndKeptBack() {
        sink.finish(FinishReason.STOP);
        sink.token(5);
        assertThat(violations)
                .containsExactly(new Violation(Rule.NOTHING_AFTER_TERMINAL, "request r1: token 5 after finish(STOP)"));
        assertThat(reader.items()).isZero();
    }

    @Test
    void aThrownErrorIsATerminalLikeAnyOther() {
        sink.threw(EngineException.invalid("too long"));
        sink.finish(FinishReason.STOP);
        assertThat(violations)
                .containsExactly(
                        new Violation(Rule.ONE_TERMINAL, "request r1: finish(STOP) after throwing EngineException"));
    }

    @Test
    void tooManyTokensAreReportedOnce() {
        sink.emit(Chunk.ofTokens(1, 2, 3, 4));
        sink.token(5);
        assertThat(violations)
                .containsExactly(new Violation(Rule.MAX_TOKENS, "request r1: 4 tokens with max_tokens 3"));
    }

    @Test
    void aChoiceNobodyAskedForAndANegativeTokenAreReported() {
        sink.token(-1);
        sink.emit(new Chunk(
                1, Chunk.ofTokens(2).tokens(), Optional.empty(), List.of(), Optional.empty(), Map.of(), Map.of()));
        assertThat(violations)
                .extracting(Violation::seen)
                .containsExactly("request r1: token id -1", "request r1: choice index 1 with n 1");
    }

    @Test
    void afterACancellationStragglersAreNotHeldAgainstTheEngine() throws Exception {
        context.alreadyCancelled();
        sink.finish(FinishReason.CANCELLED);
        sink.token(5);
        sink.threw(new InterruptedException());
        assertThat(violations).isEmpty();
    }
}
