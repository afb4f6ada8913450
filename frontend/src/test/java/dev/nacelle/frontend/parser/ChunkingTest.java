package dev.nacelle.frontend.parser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However an output is cut into pieces, its parts are the same. */
class ChunkingTest {
    private static final int OUTPUTS = 3000;
    private static final int CUTS = 6;

    /** What outputs are made of: marks, whole calls, broken ones, and what is between. */
    private static final List<String> PIECES = List.of(
            "<tool_call>",
            "</tool_call>",
            "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": [1, \"}\\\"\", {\"b\": null}]}}\n</tool_call>",
            "{\"name\": \"f\", \"parameters\": {\"ü\": \"🎉\"}}",
            "{\"parameters\": {\"x\": 1}, \"name\": \"g\"}",
            "{\"name\": \"f\", \"arguments\": \"{\\\"a\\\": \\u0031}\"}",
            "{\"name\": \"unknown\", \"arguments\": {}}",
            "{\"name\"",
            "; ",
            "[TOOL_CALLS]",
            "[TOOL_CALLS][{\"name\": \"f\", \"arguments\": {}}, {\"name\": \"g\", \"arguments\": 3}]",
            "[TOOL_CALLS]f{\"a\": {}}",
            "g[CALL_ID]1[ARGS]{}",
            "[f(a='x)', b=[1, {'c': None}]), g()]",
            "[f(x=1), ",
            "f(y=2)]",
            "g(1)]",
            "<|python_tag|>",
            "<|python_start|>",
            "<|python_end|>",
            "<think>",
            "</think>",
            "<think>\nHm\n</think>\n\n",
            " ",
            "\n\n",
            "word",
            "🎉ü",
            "\ud83d",
            "{}",
            "[",
            "]",
            "}",
            "\"",
            "\\");

    @SuppressWarnings("ImmutableEnumChecker") // parsers are made anew each time
    enum Kind {
        HERMES(() -> ToolFormat.HERMES.parser(Set.of("f", "g"))),
        LLAMA3_JSON(() -> ToolFormat.LLAMA3_JSON.parser(Set.of("f", "g"))),
        MISTRAL(() -> ToolFormat.MISTRAL.parser(Set.of("f", "g"))),
        PYTHONIC(() -> ToolFormat.PYTHONIC.parser(Set.of("f", "g"))),
        THINK(() -> new ThinkParser(false, new PlainParser())),
        THINK_BEGUN_THEN_HERMES(() -> new ThinkParser(true, ToolFormat.HERMES.parser(Set.of()))),
        THINK_THEN_LLAMA(() -> new ThinkParser(false, ToolFormat.LLAMA3_JSON.parser(Set.of("f")))),
        THINK_THEN_PYTHONIC(() -> new ThinkParser(false, ToolFormat.PYTHONIC.parser(Set.of("f", "g")))),
        FORCED_CALL(() -> new ForcedCallParser("f")),
        FORCED_CALLS(ForcedCallsParser::new);

        private final Supplier<OutputParser> parser;

        Kind(Supplier<OutputParser> parser) {
            this.parser = parser;
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void anyCuttingGivesTheSameParts(Kind kind) {
        var random = new Random(20);
        for (int i = 0; i < OUTPUTS; i++) {
            var text = output(random);
            var whole = Heard.of(kind.parser.get(), text);
            assertThat(Heard.of(kind.parser.get(), text.split("")))
                    .as("%s, character by character", text)
                    .isEqualTo(whole);
            for (int cut = 0; cut < CUTS; cut++)
                assertThat(Heard.of(kind.parser.get(), pieces(text, random)))
                        .as(text)
                        .isEqualTo(whole);
        }
    }

    private static String output(Random random) {
        var text = new StringBuilder();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) text.append(PIECES.get(random.nextInt(PIECES.size())));
        // Some are cut off, as by max_tokens.
        return random.nextInt(4) == 0 ? text.substring(0, random.nextInt(text.length() + 1)) : text.toString();
    }

    private static String[] pieces(String text, Random random) {
        var pieces = new ArrayList<String>();
        for (int at = 0; at < text.length(); ) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(12));
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces.toArray(String[]::new);
    }
}
