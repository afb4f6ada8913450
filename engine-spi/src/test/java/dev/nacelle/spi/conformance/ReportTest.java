package dev.nacelle.spi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Report REPORT = new Report(List.of(
            new Result(Rule.MODEL_NOT_EMPTY, Outcome.PASSED, "model \"echo\""),
            new Result(Rule.USAGE, Outcome.FAILED, "3 completion tokens, expected 2"),
            new Result(Rule.KV_SOURCES, Outcome.SKIPPED, "none offered")));

    @Test
    void theTableShowsEachResultAndWhatToChangeBelowAFailure() {
        assertThat(REPORT.table()).isEqualTo("""
                        passed   model-not-empty  model "echo"
                        FAILED   usage            3 completion tokens, expected 2
                                                  rule: usage counts the prompt's tokens and those emitted
                                                  change: count what you emit, or finish without usage and let the runtime count
                        skipped  kv-sources       none offered
                        1 passed, 1 failed, 1 skipped
                        """);
    }

    @Test
    void longTextIsWrappedAtTheWidthAskedFor() {
        var report = new Report(List.of(new Result(Rule.USAGE, Outcome.FAILED, "word ".repeat(60) + "x".repeat(200))));
        var lines = report.table(80).lines().toList();
        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(String.join("", lines)).contains("x".repeat(60));
    }

    @Test
    void skippedRulesDoNotFailAReport() {
        var report = new Report(List.of(new Result(Rule.KV_SOURCES, Outcome.SKIPPED, "none offered")));
        assertThat(report.passed()).isTrue();
        assertThat(REPORT.passed()).isFalse();
        assertThat(REPORT.failures()).extracting(Result::rule).containsExactly(Rule.USAGE);
    }

    @Test
    void everyRuleHasANameOfItsOwnASentenceAndAdvice() {
        assertThat(Arrays.stream(Rule.values()).map(Rule::id))
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[a-z]+(-[a-z]+)*"));
        assertThat(Rule.values()).allSatisfy(rule -> {
            assertThat(rule.sentence()).isNotBlank().doesNotEndWith(".");
            assertThat(rule.advice()).isNotBlank().doesNotEndWith(".");
        });
    }
}
