package dev.nacelle.frontend.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.role.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AdmissionGateTest {
    private final AdmissionGate gate = new AdmissionGate();

    @Test
    void aShutGateLetsNobodyInButThoseInsideStay() {
        var inside = gate.enter().orElseThrow();
        gate.shut();
        gate.shut();
        assertThat(gate.enter()).isEmpty();
        assertThat(gate.isShut()).isTrue();
        assertThat(gate.inside()).isOne();
        inside.close();
        inside.close();
        assertThat(gate.inside()).isZero();
        assertThat(gate.enter()).isEmpty();
    }

    @Test
    void waitingEndsWhenTheLastOneLeaves() throws Exception {
        var first = gate.enter().orElseThrow();
        var second = gate.enter().orElseThrow();
        gate.shut();
        var waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return gate.awaitEmpty(Deadline.in(Duration.ofSeconds(10)));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        first.close();
        assertThat(waiting).isNotDone();
        second.close();
        assertThat(waiting.get()).isTrue();
    }

    @Test
    void waitingEndsAtTheDeadline() throws Exception {
        try (var _ = gate.enter().orElseThrow()) {
            gate.shut();
            assertThat(gate.awaitEmpty(Deadline.in(Duration.ofMillis(5)))).isFalse();
        }
        assertThat(gate.awaitEmpty(Deadline.in(Duration.ZERO))).isTrue();
    }
}
