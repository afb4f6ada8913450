package dev.nacelle.frontend.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonBufferTest {
    private static String escaped(CharSequence text) {
        return new JsonBuffer(1).string(text).toString();
    }

    @Test
    void textIsEscapedAsJsonWantsIt() {
        assertThat(escaped("a\"b\\c\n\r\t\b\u0000\u001f\u007f/é世😀\u2028"))
                .isEqualTo("\"a\\\"b\\\\c\\n\\r\\t\\u0008\\u0000\\u001f\u007f/é世😀\u2028\"");
    }

    @Test
    void anUnpairedSurrogateIsReplaced() {
        assertThat(escaped("\uD83Dx")).isEqualTo("\"\uFFFDx\"");
        assertThat(escaped("\uDE00😀\uD83D")).isEqualTo("\"\uFFFD😀\uFFFD\"");
    }

    @Test
    void whateverIsWrittenCanBeReadAgain() {
        var random = new Random(6);
        for (int round = 0; round < 2000; round++) {
            var text = new StringBuilder();
            for (int i = random.nextInt(50); i > 0; i--)
                text.appendCodePoint(
                        switch (random.nextInt(4)) {
                            case 0 -> random.nextInt(0x20);
                            case 1 -> random.nextInt(0x80);
                            case 2 -> random.nextInt(0xD800);
                            default -> 0x10000 + random.nextInt(0x100000);
                        });
            assertThat(Json.read(escaped(text))).isEqualTo(text.toString());
        }
    }

    @Test
    void aTextOfNothingButEscapesFits() {
        assertThat(escaped("\u0001".repeat(10_000))).hasSize(60_002);
    }

    @Test
    void numbersAreWrittenAsJsonDoes() {
        assertThat(new JsonBuffer()
                        .number(0)
                        .raw(" ")
                        .number(9)
                        .raw(" ")
                        .number(-1)
                        .raw(" ")
                        .number(Long.MAX_VALUE))
                .hasToString("0 9 -1 9223372036854775807");
        assertThat(new JsonBuffer().number(-0.5).raw(" ").number(1e-7)).hasToString("-0.5 1.0E-7");
    }

    @Test
    void theViewIsTheSameUntilTheBufferGrows() {
        var buffer = new JsonBuffer(8);
        var view = buffer.raw("abc").view();
        assertThat(view.remaining()).isEqualTo(3);
        view.get();
        buffer.clear();
        assertThat(buffer.raw("abcd").view()).isSameAs(view);
        assertThat(view.remaining()).isEqualTo(4);
        buffer.raw("efghijklm");
        assertThat(buffer.view()).isNotSameAs(view);
        assertThat(buffer.view().remaining()).isEqualTo(13);
    }

    @Test
    void whatOneLongTextTookIsGivenBack() {
        var buffer = new JsonBuffer();
        buffer.string("x".repeat(2_000_000));
        buffer.rewind();
        assertThat(buffer.isEmpty()).isTrue();
        assertThat(buffer.view().capacity()).isLessThan(1000);
        assertThat(buffer.string("y")).hasToString("\"y\"");
    }

    @Test
    void contentsLieOneBehindTheOtherUntilAllAreForgotten() {
        var buffer = new JsonBuffer(4);
        buffer.begin(2);
        buffer.raw("first");
        int from = buffer.start();
        int to = buffer.end();
        buffer.begin(3);
        assertThat(buffer.isEmpty()).isTrue();
        buffer.raw("dropped");
        buffer.clear();
        buffer.raw("second");
        assertThat(buffer).hasToString("second");
        assertThat(new String(buffer.toArray(), StandardCharsets.US_ASCII)).isEqualTo("second");
        assertThat(buffer.start()).isEqualTo(to + 3);
        assertThat(StandardCharsets.US_ASCII.decode(buffer.view(from, to)).toString())
                .isEqualTo("first");
        buffer.rewind();
        assertThat(buffer.raw("x").view().position()).isZero();
    }
}
