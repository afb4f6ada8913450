package dev.nacelle.python.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PendingCallsTest {
    private final PendingCalls calls = new PendingCalls();

    @Test
    void anAnswerThatDoesNotComeIsATimeoutThatNamesTheCall() {
        var call = calls.begin(1, "render");
        assertThatThrownBy(() -> calls.await(call, Duration.ofMillis(20)))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.error()).isInstanceOf(EngineError.ResponseTimeout.class))
                .hasMessageContainingAll("'render'", "event loop");
    }

    @Test
    void anAnswerAfterTheLimitIsNobodys() throws Exception {
        var late = calls.begin(1, "render");
        assertThatThrownBy(() -> calls.await(late, Duration.ZERO)).isInstanceOf(EngineException.class);
        calls.answered(1, "late");
        var next = calls.begin(2, "render");
        calls.answered(2, "in time");
        assertThat(calls.await(next, Duration.ofMinutes(1))).isEqualTo("in time");
    }
}
