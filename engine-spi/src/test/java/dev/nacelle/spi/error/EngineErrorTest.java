package dev.nacelle.spi.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EngineErrorTest {
    @Test
    void anExceptionSpeaksWithItsErrorsWords() {
        var cause = new IllegalStateException("internal");
        var thrown = new EngineException(new EngineError.Unknown("the model is gone: restart the worker"), cause);
        assertThat(thrown).hasMessage("the model is gone: restart the worker").hasCause(cause);
        assertThat(thrown.error()).isInstanceOf(EngineError.Unknown.class);
    }

    @Test
    void invalidIsShortForTheErrorThrownMost() {
        assertThat(EngineException.invalid("too long").error()).isEqualTo(new EngineError.InvalidArgument("too long"));
    }

    @Test
    void aRetryLiesAhead() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineError.Overloaded("full", Duration.ofSeconds(-1)))
                .withMessage("retryAfter PT-1S, expected zero or more");
    }

    @Test
    void anHttpErrorIsAnError() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineError.HttpError(200, "fine"))
                .withMessage("status 200, expected 400 to 599");
    }
}
