package dev.nacelle.frontend.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.nacelle.frontend.text.Tokenizer.Specials;
import dev.nacelle.spi.request.TokenIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizersTest {
    @TempDir
    Path folder;

    @Test
    void theRealModelsTextsBeginWithItsFirstToken() {
        try (var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN)) {
            assertThat(tokenizer.encode("It is a truth", Specials.KEEP)).containsExactly(1, 1034, 365, 261, 1889);
            assertThat(tokenizer.encode("It is a truth", Specials.SKIP)).containsExactly(1034, 365, 261, 1889);
            assertThat(tokenizer.encode("", Specials.KEEP)).containsExactly(1);
            assertThat(tokenizer.encode("", Specials.SKIP)).isEmpty();
            assertThat(tokenizer.vocabularySize()).isEqualTo(2048);
            assertThat(tokenizer.bosId()).hasValue(1);
            assertThat(tokenizer.eosIds()).isEqualTo(TokenIds.of(2));
            assertThat(IntStream.range(-1, 2049).filter(tokenizer::isSpecial)).containsExactly(0, 1, 2);
        }
    }

    @Test
    void theFirstTokenIsNotDoubled() {
        try (var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN)) {
            assertThat(tokenizer.encode("<s>It", Specials.KEEP)).containsExactly(1, 1034);
        }
        TokenizerFolder.write(
                folder,
                Map.of(
                        "tokenizer.json",
                        TokenizerFolder.llama(),
                        "tokenizer_config.json",
                        "{\"bos_token\":{\"content\":\"<s>\"},\"add_bos_token\":true}"));
        try (var tokenizer = Tokenizers.load(folder)) {
            assertThat(tokenizer.encode("the", Specials.KEEP)).containsExactly(1, 265);
        }
    }

    @Test
    void noFirstTokenIsAddedWhereTheModelSaysSo() throws IOException {
        TokenizerFolder.write(
                folder,
                Map.of(
                        "tokenizer.json",
                        Files.readString(TokenizerFolder.AUSTEN.resolve("tokenizer.json")),
                        "tokenizer_config.json",
                        "{\"bos_token\":\"<s>\",\"add_bos_token\":false}"));
        try (var tokenizer = Tokenizers.load(folder)) {
            assertThat(tokenizer.encode("It", Specials.KEEP)).containsExactly(1034);
        }
    }

    @Test
    void endsOfTextComeFromAllFilesThatNameThem() {
        TokenizerFolder.write(
                folder,
                Map.of(
                        "tokenizer.json",
                        TokenizerFolder.llama(),
                        "special_tokens_map.json",
                        "{\"bos_token\":\"<s>\",\"eos_token\":{\"content\":\"</s>\"}}",
                        "generation_config.json",
                        "{\"eos_token_id\":[2,273]}"));
        try (var tokenizer = Tokenizers.load(folder)) {
            assertThat(tokenizer.bosId()).hasValue(1);
            assertThat(tokenizer.eosIds()).isEqualTo(TokenIds.of(2, 273));
            assertThat(tokenizer.isSpecial(273)).isTrue();
        }
    }

    @Test
    void aTokenThatIsNotInTheVocabularyIsIgnored() {
        TokenizerFolder.write(
                folder,
                Map.of(
                        "tokenizer.json",
                        TokenizerFolder.wordLevel(),
                        "tokenizer_config.json",
                        "{\"eos_token\":\"<end>\"}"));
        try (var tokenizer = Tokenizers.load(folder)) {
            assertThat(tokenizer.eosIds()).isEqualTo(TokenIds.NONE);
            assertThat(tokenizer.bosId()).isEmpty();
        }
    }

    @Test
    void truncationAndPaddingOfTheFileAreSwitchedOff() {
        TokenizerFolder.write(folder, TokenizerFolder.wordLevel().replace("\"truncation\":null,\"padding\":null", """
                                "truncation":{"direction":"Right","max_length":2,"strategy":"LongestFirst","stride":0},
                                "padding":{"strategy":{"Fixed":8},"direction":"Right","pad_to_multiple_of":null,"pad_id":0,
                                "pad_type_id":0,"pad_token":"<unk>"}"""));
        try (var tokenizer = Tokenizers.load(folder)) {
            assertThat(tokenizer.encode("one two four one", Specials.KEEP)).containsExactly(1, 2, 4, 1);
        }
    }

    @Test
    void anythingThatIsAStringCanBeEncoded() {
        try (var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN)) {
            assertThat(tokenizer.decode(tokenizer.encode("a\0b", Specials.SKIP), Specials.SKIP))
                    .isEqualTo("a\0b");
            assertThat(tokenizer.decode(tokenizer.encode("x\uD83D😀\uDE00", Specials.SKIP), Specials.SKIP))
                    .isEqualTo("x\uFFFD😀\uFFFD");
            assertThat(tokenizer.encode("the ".repeat(100_000), Specials.SKIP)).hasSize(200_000 - 100_000 + 1);
        }
        try (var tokenizer = Tokenizers.bytes()) {
            assertThat(tokenizer.encode("é\uD83D", Specials.KEEP)).containsExactly(256, 0xC3, 0xA9, 0xEF, 0xBF, 0xBD);
        }
    }

    @Test
    void theByteTokenizerCountsItsSpecialTokens() {
        try (var tokenizer = Tokenizers.bytes()) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(258);
            assertThat(tokenizer.bosId()).hasValue(256);
            assertThat(tokenizer.eosIds()).isEqualTo(TokenIds.of(257));
        }
    }

    @Test
    void manyThreadsEncodeAtOnce() throws Exception {
        var text = "It is a truth universally acknowledged, that a single man in possession of a good fortune";
        try (var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN);
                var threads = Executors.newFixedThreadPool(8)) {
            int[] expected = tokenizer.encode(text, Specials.KEEP);
            Callable<Boolean> encodes = () -> {
                for (int i = 0; i < 100; i++)
                    assertThat(tokenizer.encode(text, Specials.KEEP)).isEqualTo(expected);
                return true;
            };
            for (var result : threads.invokeAll(
                    IntStream.range(0, 8).mapToObj(_ -> encodes).toList()))
                assertThat(result.get()).isTrue();
        }
    }

    @Test
    void aClosedTokenizerRefusesAndStillPrints() {
        var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN);
        tokenizer.close();
        tokenizer.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> tokenizer.encode("x", Specials.SKIP))
                .withMessageContaining("closed");
        assertThat(tokenizer.decode(new int[] {269}, Specials.SKIP)).isEqualTo(" the");
    }

    @Test
    void closingWaitsForThoseWhoEncode() throws Exception {
        var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN);
        var text = "the ".repeat(20_000);
        try (var threads = Executors.newFixedThreadPool(4)) {
            Callable<Boolean> encodesUntilClosed = () -> {
                try {
                    while (true) tokenizer.encode(text, Specials.SKIP);
                } catch (IllegalStateException closed) {
                    return true;
                }
            };
            var running = IntStream.range(0, 3)
                    .mapToObj(_ -> threads.submit(encodesUntilClosed))
                    .toList();
            tokenizer.encode(text, Specials.SKIP);
            tokenizer.close();
            for (var each : running) assertThat(each.get()).isTrue();
        }
    }

    @Test
    void aMissingFolderOrFileIsNamed() {
        assertThatExceptionOfType(TokenizerException.class)
                .isThrownBy(() -> Tokenizers.load(folder.resolve("nowhere")))
                .withMessageContaining("nowhere is missing")
                .withMessageContaining("expected a model folder");
        assertThatExceptionOfType(TokenizerException.class)
                .isThrownBy(() -> Tokenizers.load(folder))
                .withMessageContaining(folder.resolve("tokenizer.json") + " does not exist");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                          | expected a JSON object
            []                                          | expected a JSON object
            {"model":                                   | Unexpected end-of-input
            {"model":{"type":"BPE","vocab":{"a":"b"}}}  | line 1, column 38: expected an id for each token
            {"model":{"type":"BPE","vocab":{"a":-1}}}   | expected ids from 0 to 16777215, not -1
            {"model":{"vocab":{"a":99999999999}}}       | expected ids from 0 to 16777215, not 99999999999
            {"model":{"vocab":7}}                       | expected a vocabulary
            {"model":{"vocab":[["a",0.5],7]}}           | expected pairs of token and score
            {"model":[]}                                | expected a model object
            {"added_tokens":{}}                         | expected an array of added tokens
            {"added_tokens":[{"id":"x"}]}               | expected added tokens with an id and a content
            {}                                          | Model missing
            {"model":{"type":"Mystery","vocab":{}}}     | not a tokenizer that Hugging Face's tokenizers
            """)
    void aBrokenTokenizerIsExplained(String json, String reason) {
        TokenizerFolder.write(folder, json);
        assertThatExceptionOfType(TokenizerException.class)
                .isThrownBy(() -> Tokenizers.load(folder))
                .withMessageContaining(folder.resolve("tokenizer.json").toString())
                .withMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer_config.json", "special_tokens_map.json", "generation_config.json"})
    void aBrokenFileBesideItIsNamed(String name) {
        TokenizerFolder.write(folder, Map.of("tokenizer.json", TokenizerFolder.wordLevel(), name, "{\"eos_token\":"));
        assertThatExceptionOfType(TokenizerException.class)
                .isThrownBy(() -> Tokenizers.load(folder))
                .withMessageContaining(folder.resolve(name) + " is no JSON");
    }

    @Test
    void whatCallsHomeIsNotEvenThere() {
        assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> Class.forName("ai.djl.util.Ec2Utils"));
        assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> Class.forName("ai.djl.util.Utils"));
    }

    @ParameterizedTest
    @CsvSource({"Linux,amd64", "Linux,aarch64", "Mac OS X,aarch64"})
    void theJarCarriesTheLibraryOf(String os, String architecture) {
        assertThat(NativeLibrary.class.getResource(NativeLibrary.resource(os, architecture)))
                .isNotNull();
    }
}
