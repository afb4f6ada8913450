package dev.nacelle.frontend.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.frontend.text.StopMatcher;
import dev.nacelle.frontend.text.Tokenizer.LeadingSpace;
import dev.nacelle.frontend.text.Tokenizer.Specials;
import dev.nacelle.frontend.text.Tokenizers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChoiceTextTest {
    @Test
    void halfACharacterWaitsForItsRest() {
        var text = text(0);
        var bytes = "é!".getBytes(StandardCharsets.UTF_8);
        text.token(bytes[0] & 0xFF);
        assertThat(text.ready()).isEmpty();
        text.token(bytes[1] & 0xFF);
        assertThat(text.ready()).hasToString("é");
        text.token(bytes[2] & 0xFF);
        text.end();
        assertThat(text.ready()).hasToString("é!");
    }

    @Test
    void aStopStringIsFoundAcrossTokensAndNothingFollowsIt() {
        var text = text(0, "END");
        for (char c : "abENcENDxyz".toCharArray()) text.token(c);
        text.end();
        assertThat(text.isStopped()).isTrue();
        assertThat(text.ready()).hasToString("abENc");
    }

    @Test
    void whatCouldBecomeAStopStringWaits() {
        var text = text(0, "END");
        text.text("abEN");
        assertThat(text.ready()).hasToString("ab");
        text.end();
        assertThat(text.ready()).hasToString("abEN");
        assertThat(text.isStopped()).isFalse();
    }

    @Test
    void beforeMinTokensNoStopStringCounts() {
        var text = text(3, "a");
        for (char c : "aaaba".toCharArray()) text.token(c);
        assertThat(text.ready()).hasToString("aaab");
        assertThat(text.isStopped()).isTrue();
    }

    private static ChoiceText text(int minTokens, String... stops) {
        return new ChoiceText(
                Tokenizers.bytes().detokenizer(Specials.SKIP, LeadingSpace.STRIP),
                StopMatcher.of(List.of(stops), false),
                minTokens);
    }
}
