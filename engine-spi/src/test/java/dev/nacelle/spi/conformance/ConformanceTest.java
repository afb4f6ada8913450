package dev.nacelle.spi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Execution(ExecutionMode.CONCURRENT)
class ConformanceTest {
    private static final Limits SHORT = new Limits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        over.countDown();
    }

    @Test
    void anEngineThatKeepsTheContractPassesEveryRule() throws Exception {
        var report = Conformance.of(CorrectEngine::new).check();
        assertThat(report.results()).extracting(Result::rule).containsExactly(Rule.values());
        assertThat(report.results().stream().filter(r -> r.outcome() != Outcome.PASSED))
                .as(report.table())
                .isEmpty();
    }

    @ParameterizedTest(name = "an engine that breaks {0} fails by that name alone")
    @EnumSource
    void anEngineThatBreaksOneRuleFailsByThatNameAlone(Rule rule) throws Exception {
        var kit = Conformance.of(BrokenEngines.breaking(rule, over));
        var report = (BrokenEngines.waitsForALimit(rule) ? kit.withLimits(SHORT) : kit).check();
        assertThat(report.failures())
                .extracting(Result::rule)
                .as(report.table())
                .containsExactly(rule);
        assertThat(report.passed()).isFalse();
    }
}
