package dev.nacelle.frontend.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.metrics.FamilySpec;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class WaitingRoomTest {
    private final WaitingRoom room = new WaitingRoom(
            2,
            Families.in(new PrometheusRegistry()).scope().gauge(FamilySpec.gauge("waiting", ""), Labels.EMPTY),
            () -> {});
    private final List<String> told = new ArrayList<>();

    private final class Waiting implements WaitingRoom.Guest {
        private final BooleanSupplier turn;

        Waiting(BooleanSupplier turn) {
            this.turn = turn;
        }

        @Override
        public int priority() {
            return 0;
        }

        @Override
        public long deadlineNanos() {
            return Long.MAX_VALUE / 2;
        }

        @Override
        public boolean served() {
            return turn.getAsBoolean();
        }

        @Override
        public void turnedAway(boolean closing) {
            told.add(closing ? "closed" : "late");
        }
    }

    @Test
    void whoseTurnItMayBeWaitsUntilItIsServed() {
        var sizes = new ArrayList<Integer>();
        room.enter(new Waiting(() -> {
            sizes.add(room.size());
            return sizes.size() == 2;
        }));
        room.serve(0);
        assertThat(room.size()).isOne();
        room.serve(0);
        assertThat(room.isEmpty()).isTrue();
        assertThat(sizes).containsExactly(1, 1);
    }

    @Test
    void whoLeavesWhileItMayBeItsTurnIsToldAtOnce() {
        var guest = new WaitingRoom.Guest[1];
        guest[0] = new Waiting(() -> {
            told.add("asked");
            if (told.size() > 1) return true;
            assertThat(room.leave(guest[0])).isFalse();
            return false;
        });
        room.enter(guest[0]);
        room.serve(0);
        assertThat(told).containsExactly("asked", "asked");
        assertThat(room.isEmpty()).isTrue();
    }

    @Test
    void nobodyStaysInARoomThatClosesMeanwhile() {
        room.enter(new Waiting(() -> {
            room.close();
            return false;
        }));
        room.serve(0);
        assertThat(told).containsExactly("closed");
        assertThat(room.isEmpty()).isTrue();
    }
}
