package dev.nacelle.frontend.text;

import dev.nacelle.frontend.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the {@code decoder} of a {@code tokenizer.json} makes of one token, where that depends on nothing but the token
 * and whether it is the first: then its bytes can stand in a table. Byte-level vocabularies and those of SentencePiece
 * (with Metaspace, or Replace and byte fallback) are of that kind.
 *
 * @param steps rewrite the token's spelling, in order
 * @param byteLevel the spelling is that of the byte-level alphabet
 * @param byteFallback {@code <0x0A>} stands for that byte
 * @param strip what the decoder takes off the front of the whole text
 */
record DecoderRule(List<Step> steps, boolean byteLevel, boolean byteFallback, Strip strip) {
    private static final int[] BYTE_OF_CHAR = byteLevelAlphabet();

    DecoderRule {
        steps = List.copyOf(steps);
    }

    /** One rewriting of a token's spelling. */
    sealed interface Step {
        record Replace(String from, String to) implements Step {}

        /** The word mark becomes a space, or nothing in the first token. */
        record Metaspace(String mark, boolean dropsFirst) implements Step {}

        /** Takes up to that many of a character off a token's ends. */
        record Trim(char content, int start, int stop) implements Step {}
    }

    /** Takes up to {@code count} of a character off the front of a text. */
    record Strip(char content, int count) {
        static final Strip NOTHING = new Strip(' ', 0);
    }

    /** The rule of that decoder; empty where it looks at more than one token, or is of a kind not known here. */
    static Optional<DecoderRule> of(JsonObject decoder) {
        var parts = new ArrayList<JsonObject>();
        flatten(decoder, parts);
        if (parts.isEmpty()) return Optional.empty();
        var steps = new ArrayList<Step>();
        boolean byteLevel = false;
        boolean byteFallback = false;
        boolean fused = false;
        var strip = Strip.NOTHING;
        for (JsonObject part : parts) {
            var type = part.string("type").orElse("");
            if (type.equals("Fuse")) {
                fused = true;
                continue;
            }
            if (fused) {
                // Beyond this point the decoder sees the whole text; all that a stream can still do is cut its front.
                var trim = type.equals("Strip") ? trim(part) : Optional.<Step.Trim>empty();
                if (trim.isEmpty() || trim.get().stop() != 0 || strip.count() > 0) return Optional.empty();
                strip = new Strip(trim.get().content(), trim.get().start());
                continue;
            }
            if (byteLevel) return Optional.empty();
            switch (type) {
                case "ByteLevel" -> byteLevel = true;
                case "ByteFallback" -> byteFallback = true;
                default -> {
                    var step = step(type, part);
                    if (step.isEmpty()) return Optional.empty();
                    steps.add(step.get());
                }
            }
        }
        return Optional.of(new DecoderRule(steps, byteLevel, byteFallback, strip));
    }

    private static void flatten(JsonObject decoder, List<JsonObject> parts) {
        if (decoder.string("type").filter("Sequence"::equals).isPresent())
            decoder.list("decoders").forEach(part -> flatten(JsonObject.of(part), parts));
        else if (!decoder.values().isEmpty()) parts.add(decoder);
    }

    private static Optional<? extends Step> step(String type, JsonObject part) {
        return switch (type) {
            case "Replace" ->
                part.object("pattern")
                        .string("String")
                        .filter(from -> !from.isEmpty())
                        .map(from ->
                                new Step.Replace(from, part.string("content").orElse("")));
            case "Metaspace" -> {
                boolean never =
                        part.string("prepend_scheme").filter("never"::equals).isPresent()
                                || !part.bool("add_prefix_space").orElse(true);
                yield Optional.of(new Step.Metaspace(part.string("replacement").orElse("▁"), !never));
            }
            case "Strip" -> trim(part);
            default -> Optional.empty();
        };
    }

    private static Optional<Step.Trim> trim(JsonObject part) {
        long start = part.integer("start").orElse(0L);
        long stop = part.integer("stop").orElse(0L);
        return part.string("content")
                .filter(content -> content.length() == 1 && start >= 0 && stop >= 0)
                .map(content -> new Step.Trim(
                        content.charAt(0),
                        Math.clamp(start, 0, Integer.MAX_VALUE),
                        Math.clamp(stop, 0, Integer.MAX_VALUE)));
    }

    /** True where the first token of a text prints otherwise than later ones. */
    boolean firstDiffers() {
        return steps.stream().anyMatch(step -> step instanceof Step.Metaspace metaspace && metaspace.dropsFirst());
    }

    /** True for the spelling of a single byte. */
    boolean isByte(String token) {
        return byteFallback
                && token.length() == 6
                && token.startsWith("<0x")
                && token.charAt(5) == '>'
                && Character.digit(token.charAt(3), 16) >= 0
                && Character.digit(token.charAt(4), 16) >= 0;
    }

    /** The bytes that {@code token} prints. */
    byte[] bytes(String token, boolean first) {
        if (isByte(token)) return new byte[] {(byte) Integer.parseInt(token, 3, 5, 16)};
        var text = token;
        for (var step : steps) text = apply(step, text, first);
        return byteLevel ? byteLevelBytes(text) : text.getBytes(StandardCharsets.UTF_8);
    }

    private static String apply(Step step, String text, boolean first) {
        return switch (step) {
            case Step.Replace(String from, String to) -> text.replace(from, to);
            case Step.Metaspace(String mark, boolean dropsFirst) -> text.replace(mark, first && dropsFirst ? "" : " ");
            case Step.Trim(char content, int start, int stop) -> {
                int from = 0;
                while (from < Math.min(start, text.length()) && text.charAt(from) == content) from++;
                int to = text.length();
                while (to > from && text.length() - to < stop && text.charAt(to - 1) == content) to--;
                yield text.substring(from, to);
            }
        };
    }

    /** A token with a character outside the alphabet (an added one, say) stands for its own UTF-8. */
    private static byte[] byteLevelBytes(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = token.charAt(i);
            if (c >= BYTE_OF_CHAR.length || BYTE_OF_CHAR[c] < 0) return token.getBytes(StandardCharsets.UTF_8);
            bytes[i] = (byte) BYTE_OF_CHAR[c];
        }
        return bytes;
    }

    /** GPT-2's alphabet: printable Latin-1 stands for itself, the other bytes in order for U+0100 and up. */
    private static int[] byteLevelAlphabet() {
        int[] byteOfChar = new int[0x100 + 68];
        Arrays.fill(byteOfChar, -1);
        int next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            byteOfChar[printable ? b : next++] = b;
        }
        return byteOfChar;
    }
}
