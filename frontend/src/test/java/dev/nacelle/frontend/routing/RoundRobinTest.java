package dev.nacelle.frontend.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
    private final RoundRobin turns = new RoundRobin();

    @Test
    void everyCandidateHasItsTurnAndTheOthersFollow() {
        var all = List.of("a", "b", "c");
        assertThat(turns.order(all, _ -> true)).containsExactly("a", "b", "c");
        assertThat(turns.order(all, _ -> true)).containsExactly("b", "c", "a");
        assertThat(turns.order(all, _ -> true)).containsExactly("c", "a", "b");
        assertThat(turns.order(all, _ -> true)).containsExactly("a", "b", "c");
    }

    @Test
    void whoIsNotReadyIsLeftOut() {
        assertThat(turns.order(List.of("a", "b", "c"), name -> !name.equals("a")))
                .containsExactly("b", "c");
        assertThat(turns.order(List.of("a"), _ -> false)).isEmpty();
        assertThat(turns.order(List.of(), _ -> true)).isEmpty();
    }
}
