package dev.nacelle.frontend.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdsTest {
    private final RequestIds ids = new RequestIds();

    @Test
    void aCallersIdIsTaken() {
        assertThat(ids.claim(Optional.of("job-7:a/b_c.d"))).isEqualTo("job-7:a/b_c.d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "a\tb", "quote\"", "{}", "ünïcode"})
    void anIdThatCouldDoHarmIsReplaced(String wanted) {
        assertThat(ids.claim(Optional.of(wanted))).matches("[0-9a-f]{32}");
    }

    @Test
    void anIdHasABound() {
        assertThat(ids.claim(Optional.of("x".repeat(128)))).hasSize(128);
        assertThat(ids.claim(Optional.of("x".repeat(129)))).matches("[0-9a-f]{32}");
    }

    @Test
    void noTwoRequestsUnderWayHaveTheSame() {
        var first = ids.claim(Optional.of("same"));
        var second = ids.claim(Optional.of("same"));
        assertThat(second).startsWith("same-").isNotEqualTo(first);
        ids.release(first);
        assertThat(ids.claim(Optional.of("same"))).isEqualTo("same");
    }

    @Test
    void thePartsOfARequestHaveIdsOfTheirOwn() {
        var whole = ids.claim(Optional.of("x".repeat(128)));
        assertThat(ids.claimPart(whole, 1)).isEqualTo(whole + "-1");
        ids.claim(Optional.of("job-1"));
        assertThat(ids.claimPart("job", 1)).startsWith("job-1-");
    }
}
