package dev.nacelle.frontend.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.frontend.text.Tokenizer.Specials;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptEncoderTest {
    private static final String[] PARTS = {
        "<|turn|>",
        "<|end|>",
        "<|left|>",
        "<|word|>",
        "<|turn|>x",
        "d|>z",
        "<|low|>",
        "<|LOW|>",
        "<a>",
        "<A>",
        "aa",
        "aaa",
        "</s>",
        "<s>",
        "<unk>",
        "<|im start|>",
        "<|tu",
        "rn|>",
        "<|",
        "|>",
        " ",
        "  ",
        "\n",
        "the ",
        "he",
        "t",
        "a",
        "世",
        "é",
        "\uD83D",
        "\uDE00",
        "😀",
        "x",
        ".",
        "z"
    };

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"austen", "llama", "unigram", "none", "always", "first", "never"})
    void theIdsAreThoseOfTheUncachedTokenizer(String kind) {
        var random = new Random(42);
        int cached = 0;
        try (var tokenizer = tokenizer(kind)) {
            var store = new PrefixStore(20_000);
            var encoder = new PromptEncoder(tokenizer, store);
            List<String> prompts = new ArrayList<>(List.of(""));
            for (int i = 0; i < 3000; i++) {
                var text = prompts.get(random.nextInt(prompts.size())) + text(random);
                if (text.length() < 400) prompts.add(text);
                for (var specials : Specials.values()) {
                    var encoded = encoder.encode(text, specials);
                    assertThat(encoded.ids()).as("%s: %s", specials, text).isEqualTo(tokenizer.encode(text, specials));
                    cached += encoded.cached();
                }
                assertThat(store.bytes()).isLessThanOrEqualTo(20_000);
            }
        }
        // A unigram model whose only added token is the unknown one, which other text becomes, too.
        if (!kind.equals("unigram")) assertThat(cached).isPositive();
    }

    @Test
    void aConversationThatGrowsIsNotTokenizedAgain() {
        try (var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN)) {
            var encoder = new PromptEncoder(tokenizer, new PrefixStore(1 << 20));
            var turns = new StringBuilder();
            int before = 0;
            for (int i = 0; i < 10; i++) {
                turns.append("It is a truth universally acknowledged, said number ")
                        .append(i)
                        .append("</s>");
                var encoded = encoder.encode(turns.toString(), Specials.SKIP);
                assertThat(encoded.cached()).isEqualTo(before);
                before = encoded.ids().length;
            }
            assertThat(encoder.encode(turns.toString(), Specials.SKIP).cached()).isEqualTo(before);
        }
    }

    @Test
    void aShortEndIsKeptToo() {
        try (var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN)) {
            var encoder = new PromptEncoder(tokenizer, new PrefixStore(1 << 20));
            for (var text : List.of("It is a truth</s>universally acknowledged", "Emma")) {
                int[] ids = encoder.encode(text, Specials.SKIP).ids();
                var again = encoder.encode(text, Specials.SKIP);
                assertThat(again.ids()).isEqualTo(ids);
                assertThat(again.cached()).isEqualTo(ids.length);
                var longer = encoder.encode(text + ", that", Specials.SKIP);
                assertThat(longer.ids()).isEqualTo(tokenizer.encode(text + ", that", Specials.SKIP));
                assertThat(longer.cached()).isLessThan(ids.length);
            }
        }
    }

    @Test
    void aLongEndIsNot() {
        try (var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN)) {
            var store = new PrefixStore(1 << 20);
            var encoder = new PromptEncoder(tokenizer, store);
            encoder.encode("Emma</s>", Specials.SKIP);
            long before = store.bytes();
            for (int i = 0; i < 2; i++)
                assertThat(encoder.encode("Emma</s>" + "x".repeat(257), Specials.SKIP)
                                .cached())
                        .isEqualTo(encoder.encode("Emma</s>", Specials.SKIP).ids().length);
            assertThat(store.bytes()).isEqualTo(before);
        }
    }

    @Test
    void whatWasNotUsedForLongestGoesFirst() {
        var store = new PrefixStore(10_000);
        long root = store.root();
        var used = new PrefixStore.Key(root, "used");
        store.keep(used, new int[] {1});
        for (int i = 0; i < 1000; i++) {
            store.keep(new PrefixStore.Key(root, "piece " + i), new int[20]);
            assertThat(store.find(used)).isPresent();
        }
        assertThat(store.find(new PrefixStore.Key(root, "piece 0"))).isEmpty();
        assertThat(store.find(new PrefixStore.Key(root, "piece 999"))).isPresent();
        assertThat(store.bytes()).isBetween(5_000L, 10_000L);
    }

    @Test
    void nothingIsKeptWhenItIsOff() {
        try (var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN)) {
            var store = new PrefixStore(0);
            var encoder = new PromptEncoder(tokenizer, store);
            for (int i = 0; i < 2; i++)
                assertThat(encoder.encode("Emma</s>Emma", Specials.KEEP).cached())
                        .isZero();
            assertThat(store.bytes()).isZero();
        }
    }

    @Test
    void threadsShareIt() throws Exception {
        try (var tokenizer = Tokenizers.load(TokenizerFolder.AUSTEN);
                var threads = Executors.newFixedThreadPool(4)) {
            var encoder = new PromptEncoder(tokenizer, new PrefixStore(4_000));
            for (var done : threads.invokeAll(IntStream.range(0, 4)
                    .<Callable<Void>>mapToObj(seed -> () -> {
                        var random = new Random(seed % 2);
                        for (int i = 0; i < 500; i++) {
                            var text = "Emma</s>" + text(random) + "</s>" + text(random);
                            assertThat(encoder.encode(text, Specials.KEEP).ids())
                                    .isEqualTo(tokenizer.encode(text, Specials.KEEP));
                        }
                        return null;
                    })
                    .toList())) done.get();
        }
    }

    private Tokenizer tokenizer(String kind) {
        var json = switch (kind) {
            case "austen" -> "";
            case "llama" -> TokenizerFolder.llama();
            case "unigram" -> TokenizerFolder.metaspace();
            case "none" -> TokenizerFolder.awkward("null");
            default ->
                TokenizerFolder.awkward(
                        "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"%s\",\"split\":true}"
                                .formatted(kind));
        };
        return Tokenizers.load(json.isEmpty() ? TokenizerFolder.AUSTEN : TokenizerFolder.write(folder, json));
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(1, 8); i > 0; i--) text.append(PARTS[random.nextInt(PARTS.length)]);
        return text.toString();
    }
}
