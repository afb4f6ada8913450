package dev.nacelle.frontend.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.error.EngineError;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpErrorTypeTest {
    @Test
    void everyErrorHasTheTypeOfTheContract() {
        assertThat(HttpErrorType.of(new EngineError.InvalidArgument("x"))).isEqualTo(HttpErrorType.VALIDATION);
        assertThat(HttpErrorType.of(new EngineError.Overloaded("x", Duration.ZERO)))
                .isEqualTo(HttpErrorType.OVERLOAD);
        assertThat(HttpErrorType.of(new EngineError.Draining("x"))).isEqualTo(HttpErrorType.UNAVAILABLE);
        assertThat(HttpErrorType.of(new EngineError.EngineShutdown("x"))).isEqualTo(HttpErrorType.UNAVAILABLE);
        assertThat(HttpErrorType.of(new EngineError.CannotConnect("x"))).isEqualTo(HttpErrorType.UNAVAILABLE);
        assertThat(HttpErrorType.of(new EngineError.WorkerUnavailable("x"))).isEqualTo(HttpErrorType.UNAVAILABLE);
        assertThat(HttpErrorType.of(new EngineError.ConnectionTimeout("x"))).isEqualTo(HttpErrorType.RESPONSE_TIMEOUT);
        assertThat(HttpErrorType.of(new EngineError.ResponseTimeout("x"))).isEqualTo(HttpErrorType.RESPONSE_TIMEOUT);
        assertThat(HttpErrorType.of(new EngineError.Disconnected("x"))).isEqualTo(HttpErrorType.TRUNCATED_STREAM);
        assertThat(HttpErrorType.of(new EngineError.StreamIncomplete("x"))).isEqualTo(HttpErrorType.TRUNCATED_STREAM);
        assertThat(HttpErrorType.of(new EngineError.Cancelled("x"))).isEqualTo(HttpErrorType.CANCELLED);
        assertThat(HttpErrorType.of(new EngineError.Unknown("x"))).isEqualTo(HttpErrorType.INTERNAL);
    }

    @ParameterizedTest
    @CsvSource({
        "400, VALIDATION",
        "404, NOT_FOUND",
        "408, RESPONSE_TIMEOUT",
        "422, VALIDATION",
        "429, OVERLOAD",
        "499, CANCELLED",
        "500, BACKEND_ERROR",
        "501, NOT_IMPLEMENTED",
        "502, BACKEND_ERROR",
        "503, UNAVAILABLE",
        "504, RESPONSE_TIMEOUT"
    })
    void aStatusOfTheEnginesChoiceHasTheTypeOfItsClass(int status, HttpErrorType type) {
        assertThat(HttpErrorType.of(new EngineError.HttpError(status, "x"))).isEqualTo(type);
    }
}
