package dev.nacelle.frontend.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.error.EngineError;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ApiErrorTest {
    static Stream<Arguments> theContractsTable() {
        var wait = Duration.ofSeconds(2);
        return Stream.of(
                Arguments.of(new EngineError.InvalidArgument("m"), 400, "validation", false),
                Arguments.of(new EngineError.Overloaded("m", wait), 429, "overload", true),
                Arguments.of(new EngineError.Draining("m"), 503, "unavailable", true),
                Arguments.of(new EngineError.EngineShutdown("m"), 503, "unavailable", true),
                Arguments.of(new EngineError.CannotConnect("m"), 503, "unavailable", true),
                Arguments.of(new EngineError.WorkerUnavailable("m"), 503, "unavailable", true),
                Arguments.of(new EngineError.ConnectionTimeout("m"), 504, "response_timeout", false),
                Arguments.of(new EngineError.ResponseTimeout("m"), 504, "response_timeout", false),
                Arguments.of(new EngineError.Disconnected("m"), 502, "truncated_stream", false),
                Arguments.of(new EngineError.StreamIncomplete("m"), 502, "truncated_stream", false),
                Arguments.of(new EngineError.Cancelled("m"), 499, "cancelled", false),
                Arguments.of(new EngineError.Unknown("m"), 500, "internal", false),
                Arguments.of(new EngineError.HttpError(418, "m"), 418, "validation", false),
                Arguments.of(new EngineError.HttpError(404, "m"), 404, "not_found", false),
                Arguments.of(new EngineError.HttpError(429, "m"), 429, "overload", true),
                Arguments.of(new EngineError.HttpError(501, "m"), 501, "not_implemented", false),
                Arguments.of(new EngineError.HttpError(503, "m"), 503, "unavailable", true),
                Arguments.of(new EngineError.HttpError(507, "m"), 507, "internal", false));
    }

    @ParameterizedTest
    @MethodSource("theContractsTable")
    void anEnginesErrorHasTheContractsStatus(EngineError engineError, int status, String label, boolean retry) {
        var error = ApiError.of(engineError);
        assertThat(error.status()).isEqualTo(status);
        assertThat(error.label().label()).isEqualTo(label);
        assertThat(error.retryAfterSeconds().isPresent()).isEqualTo(retry);
        assertThat(error.message()).isEqualTo("m");
    }

    @Test
    void everyErrorHasARow() {
        assertThat(theContractsTable()
                        .map(Arguments::get)
                        .flatMap(Stream::of)
                        .filter(EngineError.class::isInstance)
                        .<Object>map(Object::getClass)
                        .distinct())
                .containsExactlyInAnyOrder((Object[]) EngineError.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @CsvSource({"0,1", "1,1", "999,1", "1000,1", "1001,2", "2500,3"})
    void retryAfterIsInWholeSecondsRoundedUp(long millis, long seconds) {
        var error = ApiError.of(new EngineError.Overloaded("m", Duration.ofMillis(millis)));
        assertThat(error.retryAfterSeconds()).hasValue(seconds);
    }

    @Test
    void theBodyIsOpenAisErrorObject() {
        assertThat(new String(
                        ApiError.invalid("stop[0]", "found \"\n\", expected more")
                                .body(),
                        UTF_8))
                .isEqualTo(
                        "{\"error\":{\"message\":\"found \\\"\\n\\\", expected more\",\"type\":\"invalid_request_error\","
                                + "\"param\":\"stop[0]\",\"code\":\"invalid_value\"}}");
        assertThat(new String(ApiError.internal().body(), UTF_8))
                .contains("\"param\":null,\"code\":\"internal_error\"");
    }

    @Test
    void unknownNamesAre404() {
        assertThat(ApiError.unknownModel("gpt-9").status()).isEqualTo(404);
        assertThat(ApiError.unknownModel("gpt-9").code()).isEqualTo("model_not_found");
        assertThat(ApiError.unknownModel("gpt-9").message()).contains("gpt-9");
        assertThat(ApiError.unknownPath("GET", "/v2").status()).isEqualTo(404);
    }
}
