package dev.nacelle.examples.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.WorkerSpec;
import dev.nacelle.spi.conformance.Conformance;
import dev.nacelle.spi.conformance.Outcome;
import dev.nacelle.spi.conformance.Result;
import dev.nacelle.spi.conformance.Rule;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedConformanceTest {
    @ParameterizedTest(name = "{0} times as fast")
    @ValueSource(doubles = {0, 1, 50})
    void keepsTheContract(double speedup) throws Exception {
        var report = Conformance.of(
                        () -> new SimulatedEngine(new Options().speedup(speedup).make()))
                .check();
        assertThat(report.failures()).as(report.table()).isEmpty();
    }

    @Test
    void keepsTheContractOnADecodeWorkerWithRanksThatHasFewBlocks() throws Exception {
        var worker = new WorkerSpec(
                "dynamo", "decode", "generate", Optional.empty(), Optional.empty(), 3, 2, Disaggregation.DECODE);
        var options = new Options().speedup(20).blocks(12).blockSize(4).contextLength(40);
        var report = Conformance.of(() -> new SimulatedEngine(options.make()))
                .withWorker(worker)
                .check();
        assertThat(report.failures()).as(report.table()).isEmpty();
    }

    @Test
    void onlyWhatItDoesNotOfferIsSkipped() throws Exception {
        var report = Conformance.of(
                        () -> new SimulatedEngine(new Options().speedup(50).make()))
                .check();
        assertThat(report.results().stream().filter(result -> result.outcome() == Outcome.SKIPPED))
                .extracting(Result::rule)
                .containsExactly(Rule.FOREIGN_METRICS, Rule.LOG_PROBABILITIES, Rule.CHOICES, Rule.EMBEDDINGS);
    }
}
