package dev.nacelle.frontend.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StopMatcherTest {
    /** What goes out for each piece, "|" between the pieces, "!" behind the one that matched, then what the end adds. */
    private static String run(List<String> stops, boolean include, String... pieces) {
        var matcher = StopMatcher.of(stops, include);
        var all = new StringBuilder();
        for (var piece : pieces) {
            boolean matched = matcher.append(piece, all);
            all.append(matched ? "!" : "|");
        }
        matcher.flush(all);
        return all.toString();
    }

    @Test
    void withoutStopStringsEverythingPasses() {
        assertThat(run(List.of(), false, "ab", "", "c")).isEqualTo("ab||c|");
    }

    @Test
    void aMatchAcrossPiecesIsCutOut() {
        assertThat(run(List.of("STOP"), false, "go S", "TO", "P on")).isEqualTo("go ||!");
        assertThat(run(List.of("STOP"), true, "go S", "TO", "P on")).isEqualTo("go ||STOP!");
    }

    @Test
    void whatCanBecomeAMatchIsHeldBackAndNothingElse() {
        assertThat(run(List.of("aab"), false, "xa", "a", "a", "c")).isEqualTo("x||a|aac|");
    }

    @Test
    void whatWasHeldBackComesAtTheEnd() {
        assertThat(run(List.of("</s>"), false, "x</", "s")).isEqualTo("x||</s");
    }

    @Test
    void nothingComesAfterAMatch() {
        assertThat(run(List.of("."), false, "a.b", "c.", "d")).isEqualTo("a!!!");
        var matcher = StopMatcher.of(List.of("x", "yz"), false);
        assertThat(matcher.append("ayz", new StringBuilder())).isTrue();
        assertThat(matcher.found()).hasValue("yz");
    }

    @Test
    void theMatchThatEndsFirstWins() {
        assertThat(run(List.of("abcd", "bc"), false, "xabcd")).isEqualTo("xa!");
    }

    @Test
    void ofTwoThatEndTogetherTheLongerWins() {
        assertThat(run(List.of("c", "abc"), false, "xabc")).isEqualTo("x!");
    }

    @Test
    void emptyStopStringsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> StopMatcher.of(List.of("a", ""), false));
    }

    @Test
    void itAgreesWithTheObviousWay() {
        var random = new Random(4);
        for (int round = 0; round < 20_000; round++) {
            var stops = Stream.generate(() -> word(random, 1 + random.nextInt(5)))
                    .limit(random.nextInt(5))
                    .toList();
            boolean include = random.nextBoolean();
            check(stops, include, random, word(random, random.nextInt(40)));
        }
    }

    private static String word(Random random, int length) {
        var word = new StringBuilder();
        for (int i = 0; i < length; i++) word.append((char) ('a' + random.nextInt(3)));
        return word.toString();
    }

    private static void check(List<String> stops, boolean include, Random random, String text) {
        var matcher = StopMatcher.of(stops, include);
        var out = new StringBuilder();
        var seen = new StringBuilder();
        boolean matched = false;
        while (seen.length() < text.length() && !matched) {
            int size = Math.min(1 + random.nextInt(6), text.length() - seen.length());
            var piece = text.substring(seen.length(), seen.length() + size);
            matched = matcher.append(piece, out);
            seen.append(piece);
            var expected = Naive.of(stops, include, seen.toString());
            assertThat(out).as("%s of %s", stops, seen).hasToString(expected.out());
            assertThat(matched).isEqualTo(expected.matched());
        }
        matcher.flush(out);
        if (!matched) assertThat(out).hasToString(text);
    }

    /** Tries every end, then every stop string; holds back by trying every suffix. */
    record Naive(String out, boolean matched) {
        static Naive of(List<String> stops, boolean include, String text) {
            for (int end = 1; end <= text.length(); end++) {
                var soFar = text.substring(0, end);
                var match = stops.stream()
                        .filter(soFar::endsWith)
                        .mapToInt(String::length)
                        .max();
                if (match.isPresent())
                    return new Naive(text.substring(0, include ? end : end - match.getAsInt()), true);
            }
            int from = 0;
            while (from < text.length() && !isPrefix(stops, text.substring(from))) from++;
            return new Naive(text.substring(0, from), false);
        }

        private static boolean isPrefix(List<String> stops, String suffix) {
            return stops.stream().anyMatch(stop -> stop.startsWith(suffix));
        }
    }
}
