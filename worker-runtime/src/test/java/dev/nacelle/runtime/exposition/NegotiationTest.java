package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.config.EscapingScheme;
import org.junit.jupiter.api.Test;

class NegotiationTest {
    private static final String PROTOBUF =
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

    private static String asked(String accept) {
        Negotiation asked = Negotiation.of(accept);
        return asked.kind() + " " + asked.escaping();
    }

    @Test
    void prometheus2GetsWhatItPrefers() {
        assertThat(
                        asked(
                                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"))
                .isEqualTo("OPENMETRICS UNDERSCORE_ESCAPING");
        assertThat(
                        asked(
                                PROTOBUF
                                        + ",application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"))
                .isEqualTo("PROTOBUF UNDERSCORE_ESCAPING");
    }

    @Test
    void prometheus3GetsWhatItPrefers() {
        assertThat(
                        asked(
                                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"))
                .isEqualTo("OPENMETRICS ALLOW_UTF8");
        assertThat(asked(PROTOBUF + ";escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5"))
                .isEqualTo("PROTOBUF ALLOW_UTF8");
        assertThat(Negotiation.of("text/plain;version=1.0.0;escaping=allow-utf-8")
                        .contentType())
                .isEqualTo("text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8");
    }

    @Test
    void everybodyElseGetsText() {
        for (String accept : new String[] {
            "",
            "*/*",
            "text/html",
            "application/json",
            "text/plain",
            ";;;,,,==",
            "text/plain;q=x",
            "a/b;version=1;q=9",
            "application/openmetrics-text;version=7.0.0",
            "application/vnd.google.protobuf",
            "application/openmetrics-text;q=0"
        }) assertThat(asked(accept)).as(accept).isEqualTo("TEXT UNDERSCORE_ESCAPING");
    }

    @Test
    void theGreaterWeightWinsWhateverTheOrder() {
        assertThat(asked("text/plain;q=0.9,application/openmetrics-text;version=1.0.0;q=1.0"))
                .isEqualTo("OPENMETRICS UNDERSCORE_ESCAPING");
        assertThat(Negotiation.of("text/plain;version=0.0.4;escaping=allow-utf-8")
                        .escaping())
                .as("0.0.4 has no quoted names")
                .isEqualTo(EscapingScheme.UNDERSCORE_ESCAPING);
    }
}
