package dev.nacelle.examples.echo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.conformance.Conformance;
import dev.nacelle.spi.conformance.Outcome;
import dev.nacelle.spi.conformance.Result;
import dev.nacelle.spi.conformance.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EchoConformanceTest {
    @ParameterizedTest(name = "at {0} steps a second")
    @ValueSource(doubles = {0, 2000})
    void echoKeepsTheContract(double rate) throws Exception {
        var report = Conformance.of(() -> new EchoProvider().create(EchoOptions.DEFAULT.withRate(rate)))
                .check();
        assertThat(report.failures()).as(report.table()).isEmpty();
    }

    @Test
    void onlyWhatEchoDoesNotOfferIsSkipped() throws Exception {
        var report = Conformance.of(() -> new EchoProvider().create(EchoOptions.DEFAULT))
                .check();
        assertThat(report.results().stream().filter(result -> result.outcome() == Outcome.SKIPPED))
                .extracting(Result::rule)
                .containsExactly(
                        Rule.FOREIGN_METRICS,
                        Rule.KV_SOURCES,
                        Rule.ACTIONS,
                        Rule.LOG_PROBABILITIES,
                        Rule.CHOICES,
                        Rule.KV_EVENTS,
                        Rule.CLEANUP_AFTER_FAILED_START);
    }
}
