package dev.nacelle.frontend.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.frontend.text.Tokenizer.LeadingSpace;
import dev.nacelle.frontend.text.Tokenizer.Specials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams compared with what Hugging Face's own library makes of the whole. */
class DetokenizerTest {
    private static final String TEXT =
            "It is a truth universally acknowledged — café, naïve, 世界 😀👩‍👩‍👧 — that\n\ta  single man";

    @TempDir
    Path folder;

    /** What the tokenizer's folder makes of all of {@code ids}. */
    private static String whole(Path folder, int... ids) {
        try (var oracle = NativeTokenizer.parse(Files.readString(folder.resolve("tokenizer.json")))) {
            return oracle.decode(ids);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String streamed(Tokenizer tokenizer, Specials specials, LeadingSpace space, int... ids) {
        var all = new StringBuilder();
        var delta = new StringBuilder();
        var detokenizer = tokenizer.detokenizer(specials, space);
        for (int id : ids) {
            delta.setLength(0);
            detokenizer.append(id, delta);
            assertThat(delta.isEmpty() || !Character.isHighSurrogate(delta.charAt(delta.length() - 1)))
                    .isTrue();
            all.append(delta);
        }
        detokenizer.flush(all);
        return all.toString();
    }

    private static String streamed(Tokenizer tokenizer, int... ids) {
        return streamed(tokenizer, Specials.KEEP, LeadingSpace.STRIP, ids);
    }

    @Test
    void randomTokensOfTheRealModelPrintAsTheyDoInOnePiece() throws IOException {
        var random = new Random(1);
        try (var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN);
                var oracle =
                        NativeTokenizer.parse(Files.readString(TokenizerFolder.AUSTEN.resolve("tokenizer.json")))) {
            for (int round = 0; round < 3000; round++) {
                // Every other round bytes alone, whose sequences are hardly ever whole characters.
                int bound = round % 2 == 0 ? tokenizer.vocabularySize() : 259;
                int[] ids = random.ints(random.nextInt(40), 0, bound).toArray();
                assertThat(streamed(tokenizer, ids)).as(Arrays.toString(ids)).isEqualTo(oracle.decode(ids));
            }
        }
    }

    @Test
    void bytesNearTheBordersOfUtf8PrintAsTheyDoInOnePiece() throws IOException {
        int[] edges = {
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
            0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
        };
        int[] idOfByte = new int[256];
        var random = new Random(2);
        try (var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN);
                var oracle =
                        NativeTokenizer.parse(Files.readString(TokenizerFolder.AUSTEN.resolve("tokenizer.json")))) {
            for (int id = 3; id < 259; id++) idOfByte[tokenizer.tokenBytes(id)[0] & 0xFF] = id;
            for (int round = 0; round < 3000; round++) {
                int[] ids = random.ints(8, 0, edges.length)
                        .map(i -> idOfByte[edges[i]])
                        .toArray();
                assertThat(streamed(tokenizer, ids)).isEqualTo(oracle.decode(ids));
            }
        }
    }

    @Test
    void textComesBackAsItWent() {
        try (var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN)) {
            assertThat(streamed(tokenizer, tokenizer.encode(TEXT, Specials.SKIP)))
                    .isEqualTo(TEXT);
            assertThat(tokenizer.decode(tokenizer.encode(TEXT, Specials.KEEP), Specials.SKIP))
                    .isEqualTo(TEXT);
        }
        try (var tokenizer = Tokenizers.bytes()) {
            assertThat(streamed(tokenizer, tokenizer.encode(TEXT, Specials.SKIP)))
                    .isEqualTo(TEXT);
        }
    }

    @Test
    void halfACharacterIsHeldBackAndAWholeOneIsNot() {
        try (var tokenizer = Tokenizers.bytes()) {
            var out = new StringBuilder();
            var detokenizer = tokenizer.detokenizer(Specials.SKIP, LeadingSpace.STRIP);
            byte[] emoji = "😀".getBytes(UTF_8);
            for (int i = 0; i < 3; i++) detokenizer.append(emoji[i] & 0xFF, out);
            assertThat(out).isEmpty();
            detokenizer.append(emoji[3] & 0xFF, out);
            assertThat(out).hasToString("😀");
        }
    }

    @Test
    void invalidBytesAreReplacedAsSoonAsThatIsCertain() {
        try (var tokenizer = Tokenizers.bytes()) {
            var out = new StringBuilder();
            var detokenizer = tokenizer.detokenizer(Specials.SKIP, LeadingSpace.STRIP);
            detokenizer.append(0xFF, out);
            assertThat(out).hasToString("\uFFFD");
            detokenizer.append(0xE4, out);
            detokenizer.append('x', out);
            assertThat(out).hasToString("\uFFFD\uFFFDx");
            detokenizer.append(0xE4, out);
            detokenizer.flush(out);
            assertThat(out).hasToString("\uFFFD\uFFFDx\uFFFD");
        }
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void randomTokensOfEveryFamilyPrintAsTheyDoInOnePiece(Family family) {
        TokenizerFolder.write(folder, family.json);
        var random = new Random(3);
        try (var tokenizer = Tokenizers.load(folder)) {
            for (int round = 0; round < 300; round++) {
                int[] ids = random.ints(random.nextInt(12), 0, tokenizer.vocabularySize())
                        .filter(id -> family.isWhole(id))
                        .toArray();
                assertThat(streamed(tokenizer, ids)).as(Arrays.toString(ids)).isEqualTo(whole(folder, ids));
            }
        }
    }

    enum Family {
        LLAMA(TokenizerFolder.llama()),
        METASPACE(TokenizerFolder.metaspace()),
        WORD_PIECE(TokenizerFolder.wordPiece()),
        WORD_LEVEL(TokenizerFolder.wordLevel());

        private final String json;

        Family(String json) {
            this.json = json;
        }

        /** Leaves out bytes beyond ASCII, whose runs Hugging Face replaces as a whole, and ids without a token. */
        boolean isWhole(int id) {
            return switch (this) {
                case LLAMA -> id < 3 + 0x80 || id >= 3 + 0x100;
                case WORD_LEVEL -> id != 3;
                case METASPACE, WORD_PIECE -> true;
            };
        }
    }

    @Test
    void byteFallbackPutsCharactersTogether() {
        TokenizerFolder.write(folder, TokenizerFolder.llama());
        try (var tokenizer = Tokenizers.load(folder)) {
            var text = "the 😀 世 the\n";
            int[] ids = tokenizer.encode(text, Specials.SKIP);
            assertThat(ids).contains(3 + 0xF0, 3 + 0x9F, 3 + '\n');
            assertThat(streamed(tokenizer, ids)).isEqualTo(text).isEqualTo(whole(folder, ids));
        }
    }

    @Test
    void byteFallbackReplacesByteByByteAsHuggingFaceDoes() {
        TokenizerFolder.write(folder, TokenizerFolder.llama());
        int[] broken = {3 + 0xE4, 3 + 0xB8, 261, 3 + 0xFF, 3 + 0xF0};
        try (var tokenizer = Tokenizers.load(folder)) {
            assertThat(streamed(tokenizer, broken))
                    .isEqualTo("\uFFFD\uFFFDh\uFFFD\uFFFD")
                    .isEqualTo(whole(folder, broken));
        }
    }

    @Test
    void theFirstSpaceIsStrippedFromATextAndKeptInAContinuation() {
        TokenizerFolder.write(folder, TokenizerFolder.llama());
        try (var tokenizer = Tokenizers.load(folder)) {
            int the = tokenizer.encode("the", Specials.SKIP)[0];
            assertThat(streamed(tokenizer, Specials.SKIP, LeadingSpace.STRIP, the, the))
                    .isEqualTo("the the");
            assertThat(streamed(tokenizer, Specials.SKIP, LeadingSpace.KEEP, the, the))
                    .isEqualTo(" the the");
        }
    }

    @Test
    void specialTokensPrintOnlyWhenAskedFor() {
        TokenizerFolder.write(folder, TokenizerFolder.llama());
        try (var tokenizer = Tokenizers.load(folder)) {
            int[] ids = {1, 265, 2};
            assertThat(streamed(tokenizer, Specials.SKIP, LeadingSpace.STRIP, ids))
                    .isEqualTo("the");
            assertThat(streamed(tokenizer, Specials.KEEP, LeadingSpace.STRIP, ids))
                    .isEqualTo("<s> the</s>");
            assertThat(streamed(tokenizer, Specials.SKIP, LeadingSpace.STRIP, 273))
                    .isEqualTo("<|im start|>");
        }
        try (var tokenizer = Tokenizers.bytes()) {
            assertThat(streamed(tokenizer, Specials.SKIP, LeadingSpace.STRIP, 256, 'a', 257))
                    .isEqualTo("a");
            assertThat(streamed(tokenizer, Specials.KEEP, LeadingSpace.STRIP, 256, 'a', 257))
                    .isEqualTo("<s>a</s>");
        }
    }

    @Test
    void unknownIdsPrintTheReplacementCharacter() {
        int[] unknown = {-1, 1 << 20, Integer.MIN_VALUE, Integer.MAX_VALUE};
        try (var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN)) {
            assertThat(streamed(tokenizer, unknown)).isEqualTo("\uFFFD".repeat(4));
            assertThat(tokenizer.tokenBytes(-1)).isEqualTo("\uFFFD".getBytes(UTF_8));
        }
        try (var tokenizer = Tokenizers.bytes()) {
            assertThat(streamed(tokenizer, unknown)).isEqualTo("\uFFFD".repeat(4));
        }
        TokenizerFolder.write(folder, TokenizerFolder.wordLevel());
        try (var tokenizer = Tokenizers.load(folder)) {
            assertThat(streamed(tokenizer, 1, 3, -7, 2)).isEqualTo("one\uFFFD\uFFFD two");
            assertThat(tokenizer.tokenBytes(3)).isEqualTo("\uFFFD".getBytes(UTF_8));
            assertThat(tokenizer.tokenBytes(4)).isEqualTo("four".getBytes(UTF_8));
        }
    }

    @Test
    void aWindowThatNeverBecomesWholeIsPrintedAllTheSame() {
        TokenizerFolder.write(folder, TokenizerFolder.wordLevel().replace("\"four\":4", "\"four\":4,\"\uFFFD\":5"));
        int[] ids = IntStream.generate(() -> 5).limit(100).toArray();
        try (var tokenizer = Tokenizers.load(folder)) {
            assertThat(streamed(tokenizer, ids)).isEqualTo(whole(folder, ids));
        }
    }

    @Test
    void tokenBytesAreExactEvenWhereTheyAreNoCharacter() {
        try (var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN)) {
            assertThat(tokenizer.tokenBytes(242)).hasSize(1);
            assertThat(tokenizer.tokenBytes(269)).isEqualTo(" the".getBytes(UTF_8));
        }
        TokenizerFolder.write(folder, TokenizerFolder.llama());
        try (var tokenizer = Tokenizers.load(folder)) {
            assertThat(tokenizer.tokenBytes(3 + 0x9F)).containsExactly(0x9F);
            assertThat(tokenizer.tokenBytes(265)).isEqualTo(" the".getBytes(UTF_8));
        }
    }
}
