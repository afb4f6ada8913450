package dev.nacelle.frontend.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlushWindowTest {
    @Test
    void itIsOneOfThree() {
        assertThat(FlushWindow.of("auto")).isEqualTo(new FlushWindow(true, Duration.ZERO));
        assertThat(FlushWindow.of("off")).isEqualTo(new FlushWindow(false, Duration.ZERO));
        assertThat(FlushWindow.of("20")).isEqualTo(new FlushWindow(true, Duration.ofMillis(20)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "on", "-1", "1001", "20ms", "1.5"})
    void whatElseIsSaidIsRefusedByName(String text) {
        assertThatThrownBy(() -> FlushWindow.of(text)).hasMessageStartingWith("flush_window \"" + text + "\"");
    }
}
