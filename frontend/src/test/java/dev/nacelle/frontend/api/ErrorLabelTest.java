package dev.nacelle.frontend.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.frontend.metrics.HttpErrorType;
import dev.nacelle.spi.error.EngineError;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorLabelTest {
    @Test
    void everyErrorHasTheTypeOfTheContract() {
        assertThat(ApiError.of(new EngineError.InvalidArgument("x")).label()).isEqualTo(HttpErrorType.VALIDATION);
        assertThat(ApiError.of(new EngineError.Overloaded("x", Duration.ZERO)).label())
                .isEqualTo(HttpErrorType.OVERLOAD);
        assertThat(ApiError.of(new EngineError.Draining("x")).label()).isEqualTo(HttpErrorType.UNAVAILABLE);
        assertThat(ApiError.of(new EngineError.EngineShutdown("x")).label()).isEqualTo(HttpErrorType.UNAVAILABLE);
        assertThat(ApiError.of(new EngineError.CannotConnect("x")).label()).isEqualTo(HttpErrorType.UNAVAILABLE);
        assertThat(ApiError.of(new EngineError.WorkerUnavailable("x")).label()).isEqualTo(HttpErrorType.UNAVAILABLE);
        assertThat(ApiError.of(new EngineError.ConnectionTimeout("x")).label())
                .isEqualTo(HttpErrorType.RESPONSE_TIMEOUT);
        assertThat(ApiError.of(new EngineError.ResponseTimeout("x")).label()).isEqualTo(HttpErrorType.RESPONSE_TIMEOUT);
        assertThat(ApiError.of(new EngineError.Disconnected("x")).label()).isEqualTo(HttpErrorType.TRUNCATED_STREAM);
        assertThat(ApiError.of(new EngineError.StreamIncomplete("x")).label())
                .isEqualTo(HttpErrorType.TRUNCATED_STREAM);
        assertThat(ApiError.of(new EngineError.Cancelled("x")).label()).isEqualTo(HttpErrorType.CANCELLED);
        assertThat(ApiError.of(new EngineError.Unknown("x")).label()).isEqualTo(HttpErrorType.INTERNAL);
    }

    @ParameterizedTest
    @CsvSource({
        "400, VALIDATION",
        "404, NOT_FOUND",
        "408, RESPONSE_TIMEOUT",
        "422, VALIDATION",
        "429, OVERLOAD",
        "499, CANCELLED",
        "500, INTERNAL",
        "501, NOT_IMPLEMENTED",
        "502, BACKEND_ERROR",
        "503, UNAVAILABLE",
        "504, RESPONSE_TIMEOUT"
    })
    void aStatusOfTheEnginesChoiceHasTheTypeOfItsClass(int status, HttpErrorType type) {
        assertThat(ApiError.of(new EngineError.HttpError(status, "x")).label()).isEqualTo(type);
    }
}
