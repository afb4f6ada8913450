package dev.nacelle.spi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.nacelle.spi.kv.KvEventSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetricsRecordsTest {
    @Test
    void ranksAreDeclaredOnceAndNotNegative() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MetricsBindings(List.of(0, 1, 0), _ -> {}))
                .withMessage("data-parallel ranks [0, 1, 0], expected each once");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MetricsBindings(List.of(-1), _ -> {}))
                .withMessage("data-parallel ranks [-1], expected none negative");
        assertThat(MetricsBindings.none().dpRanks()).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KvEventSource.push(-1, _ -> {}))
                .withMessage("dp_rank -1, expected 0 or more");
    }

    @Test
    void aSnapshotOfBlocksComputesItsShare() {
        assertThat(new ComponentSnapshot(1, 4)).isEqualTo(new ComponentSnapshot(1, 4, 0.25, -1));
        assertThat(new ComponentSnapshot(0, 0).gpuCacheUsage()).isZero();
        assertThat(new ComponentSnapshot(1, 4).measuresHitRate()).isFalse();
        assertThat(new ComponentSnapshot(1, 4, 0.25, 0).measuresHitRate()).isTrue();
    }

    @Test
    void limitsOfAForeignRegistryArePositive() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options(Duration.ZERO, 1))
                .withMessage("interval PT0S, expected more than zero");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options(Duration.ofSeconds(1), 0))
                .withMessage("maxSeries 0, expected at least 1");
        assertThat(ExpfmtOptions.DEFAULT.named("vllm").withAutoLabels())
                .returns(Optional.of("vllm"), ExpfmtOptions::name)
                .returns(true, ExpfmtOptions::injectAutoLabels)
                .returns(ExpfmtOptions.DEFAULT.maxSeries(), ExpfmtOptions::maxSeries);
    }

    @Test
    void unsignedValuesAreClampedToTheLargestSignedOne() {
        var last = new double[1];
        Gauge gauge = new Gauge() {
            @Override
            public void set(double value) {
                last[0] = value;
            }

            @Override
            public void add(double amount) {
                last[0] += amount;
            }
        };
        gauge.setUnsigned(7);
        assertThat(last[0]).isEqualTo(7);
        gauge.setUnsigned(-1);
        assertThat(last[0]).isEqualTo((double) Long.MAX_VALUE);
    }

    private static ExpfmtOptions options(Duration interval, int maxSeries) {
        var open = ExpfmtOptions.DEFAULT;
        return new ExpfmtOptions(
                open.name(),
                open.format(),
                open.injectAutoLabels(),
                interval,
                open.timeout(),
                open.maxAge(),
                open.includePrefixes(),
                open.excludePrefixes(),
                maxSeries,
                open.maxBytes());
    }
}
