package dev.nacelle.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrometheusNamesTest {
    @ParameterizedTest
    @CsvSource({
        "requests, requests",
        "kv.cache-hits, kv_cache_hits",
        "vllm:tokens, vllm:tokens",
        "7b_requests, _7b_requests",
        "größe, gr__e",
        "'a b', a_b",
        "😀x, _x",
        "__x, __x"
    })
    void aMetricNameKeepsWhatPrometheusTakes(String given, String expected) {
        assertThat(PrometheusNames.metric(given)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"model, model", "a:b, a_b", "1st, _1st", "__name__, _name__", "____x, _x", "-x, _x", "é-x, _x"})
    void aLabelNameHasNoColonAndOneLeadingUnderscoreAtMost(String given, String expected) {
        assertThat(PrometheusNames.label(given)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "_", "___", "-", "é", " . "})
    void aNameOfNothingButUnderscoresIsAnErrorThatNamesIt(String given) {
        assertThatThrownBy(() -> PrometheusNames.metric(given))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("metric name \"" + given + "\"");
        assertThatThrownBy(() -> PrometheusNames.label(given))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("label name \"" + given + "\"");
    }

    @Test
    void anyTextBecomesAValidNameThatStaysAsItIs() {
        var random = new Random(7);
        for (var i = 0; i < 5_000; i++) {
            var text = "x"
                    + random.ints(random.nextInt(12), 0, i % 2 == 0 ? 128 : Character.MAX_CODE_POINT + 1)
                            .mapToObj(Character::toString)
                            .collect(Collectors.joining());
            var given = i % 3 == 0 ? text.substring(1) + "x" : text;
            var metric = PrometheusNames.metric(given);
            var label = PrometheusNames.label(given);
            assertThat(metric).matches("[a-zA-Z_:][a-zA-Z0-9_:]*");
            assertThat(label).matches("[a-zA-Z_][a-zA-Z0-9_]*").doesNotStartWith("__");
            assertThat(PrometheusNames.metric(metric)).isEqualTo(metric);
            assertThat(PrometheusNames.label(label)).isEqualTo(label);
        }
    }
}
