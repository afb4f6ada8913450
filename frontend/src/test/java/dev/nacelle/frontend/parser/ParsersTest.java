package dev.nacelle.frontend.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParsersTest {
    private static final Set<String> TOOLS = Set.of("f", "get_weather", "a.b");

    private static List<String> hear(ToolFormat format, String text) {
        return Heard.of(format.parser(TOOLS), text);
    }

    @Test
    void hermesWritesCallsBetweenTags() {
        assertThat(hear(ToolFormat.HERMES, """
                I look it up.

                <tool_call>
                {"name": "get_weather", "arguments": {"city": "Bath", "days": [1, {"x": "}"}]}}
                </tool_call>
                <tool_call>
                {"arguments": {"a": "</tool_call>"}, "name": "f", "id": 7}
                </tool_call>
                """))
                .containsExactly(
                        "text:I look it up.",
                        "call get_weather:{\"city\": \"Bath\", \"days\": [1, {\"x\": \"}\"}]}",
                        "call f:{\"a\": \"</tool_call>\"}");
    }

    @Test
    void aCallNeedsNoArgumentsAndMayHaveThemAsText() {
        assertThat(hear(ToolFormat.HERMES, "<tool_call>{\"name\":\"f\"}</tool_call>"))
                .containsExactly("call f:{}");
        assertThat(hear(
                        ToolFormat.HERMES,
                        "<tool_call>{\"name\":\"f\\u00fc\",\"arguments\":\"{\\\"a\\\": \\\"\\\\n\\\"}\"}</tool_call>"))
                .containsExactly("call fü:{\"a\": \"\\n\"}");
        assertThat(hear(ToolFormat.HERMES, "<tool_call>{\"name\":\"f\",\"parameters\":12}</tool_call>"))
                .containsExactly("call f:12");
    }

    @Test
    void whatIsNoCallIsText() {
        for (var text : List.of(
                "plain",
                "a < b <tool",
                "<tool_call>",
                "<tool_call>\nno JSON</tool_call>",
                "<tool_call>{\"nom\": 1}</tool_call> and on",
                "</tool_call>",
                "<tool_call>{\"name\": \"\"}</tool_call>",
                "<tool_call>{\"name\"",
                "two  spaces \n ")) assertThat(hear(ToolFormat.HERMES, text)).containsExactly("text:" + text);
    }

    @Test
    void aCallThatIsCutOffKeepsWhatThereIs() {
        assertThat(hear(ToolFormat.HERMES, "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": \"b"))
                .containsExactly("call f:{\"a\": \"b");
    }

    @Test
    void aBrokenCallHidesNoOther() {
        assertThat(hear(ToolFormat.HERMES, "<tool_call>x<tool_call>{\"name\":\"f\"}</tool_call>"))
                .containsExactly("text:<tool_call>x", "call f:{}");
    }

    @Test
    void llamaWritesNothingButCalls() {
        assertThat(hear(ToolFormat.LLAMA3_JSON, "<|python_tag|>{\"name\": \"f\", \"parameters\": {\"a\": 1}}"))
                .containsExactly("call f:{\"a\": 1}");
        assertThat(hear(
                        ToolFormat.LLAMA3_JSON,
                        " {\"name\": \"f\", \"parameters\": {}}; {\"name\": \"a.b\", \"parameters\": {\"x\": null}}\n"))
                .containsExactly("call f:{}", "call a.b:{\"x\": null}");
        for (var text : List.of(
                "It is {\"name\": \"f\"}",
                "{\"name\": \"unknown\", \"parameters\": {}} ",
                "{\"answer\": 42}",
                "{",
                " ",
                "<|python_tag|>print(1)",
                "[1]")) assertThat(hear(ToolFormat.LLAMA3_JSON, text)).containsExactly("text:" + text);
    }

    @Test
    void mistralWritesAnArrayOrNames() {
        assertThat(
                        hear(
                                ToolFormat.MISTRAL,
                                "Sure. [TOOL_CALLS] [{\"name\": \"f\", \"arguments\": {\"a\": 1}}, {\"name\": \"g\", \"arguments\": {}}]"))
                .containsExactly("text:Sure.", "call f:{\"a\": 1}", "call g:{}");
        assertThat(hear(
                        ToolFormat.MISTRAL,
                        "[TOOL_CALLS]f{\"a\": {\"b\": 2}}[TOOL_CALLS]g[ARGS]{}[TOOL_CALLS]h[CALL_ID]x1[ARGS]{\"c\":3}"))
                .containsExactly("call f:{\"a\": {\"b\": 2}}", "call g:{}", "call h:{\"c\":3}");
        for (var text :
                List.of("[TOOL_CALLS]", "[TOOL_CALLS][1]", "[TOOL_CALLS] two words{", "[TOOL", "x [TOOL_CALLS]f\n"))
            assertThat(hear(ToolFormat.MISTRAL, text)).containsExactly("text:" + text);
    }

    @Test
    void pythonicCallsBecomeJson() {
        assertThat(
                        hear(
                                ToolFormat.PYTHONIC,
                                "[get_weather(city='Ba\\'th \"x\"', days=[1, -2.5e3, (True,)], o={'k': None,}), a.b(), f(s=\"),[\\n\",)]"))
                .containsExactly(
                        "call get_weather:{\"city\": \"Ba'th \\\"x\\\"\", \"days\": [1, -2.5e3, [true]], \"o\": {\"k\": null}}",
                        "call a.b:{}",
                        "call f:{\"s\": \"),[\\n\"}");
        assertThat(hear(ToolFormat.PYTHONIC, "<|python_start|>[f(x=1)]<|python_end|>"))
                .containsExactly("call f:{\"x\": 1}");
        for (var text : List.of(
                "[1, 2]", "[unknown(x=1)]", "[f(1)]", "[f(x=y)]", "[f(x=1", "[]", "text [f(x=1)]", "f(x=1)", "[[f()]]"))
            assertThat(hear(ToolFormat.PYTHONIC, text)).containsExactly("text:" + text);
        assertThat(hear(ToolFormat.PYTHONIC, "[f(x=1), f(2)] and so"))
                .containsExactly("call f:{\"x\": 1}", "text:f(2)] and so");
    }

    @Test
    void reasoningComesFirst() {
        assertThat(Heard.of(new ThinkParser(false, new PlainParser()), "<think>\nHm.\n\nYes. </think>\n\nYes."))
                .containsExactly("think:Hm.\n\nYes.", "text:Yes.");
        assertThat(Heard.of(new ThinkParser(true, new PlainParser()), "Hm.</think>Yes</think>"))
                .containsExactly("think:Hm.", "text:Yes</think>");
        assertThat(Heard.of(new ThinkParser(false, new PlainParser()), " Yes <think>no</think>"))
                .containsExactly("text: Yes <think>no</think>");
        assertThat(Heard.of(new ThinkParser(false, new PlainParser()), "<think>\n\n</think>\n\nYes"))
                .containsExactly("text:Yes");
        assertThat(Heard.of(new ThinkParser(true, new PlainParser()), "still </thi"))
                .containsExactly("think:still </thi");
        assertThat(Heard.of(
                        new ThinkParser(true, ToolFormat.HERMES.parser(TOOLS)),
                        "a</think>\n<tool_call>{\"name\":\"f\"}</tool_call>"))
                .containsExactly("think:a", "call f:{}");
    }

    @Test
    void whatAnEngineWasHeldToIsACall() {
        assertThat(Heard.of(new ForcedCallParser("f"), " {\"a\": ", "1} ")).containsExactly("call f:{\"a\": 1}");
        assertThat(Heard.of(
                        new ForcedCallsParser(),
                        "[{\"name\":\"f\",\"parameters\":{\"a\":1}},",
                        "{\"name\":\"g\",\"parameters\":{}}]"))
                .containsExactly("call f:{\"a\":1}", "call g:{}");
        assertThat(Heard.of(new ForcedCallsParser(), "no")).containsExactly("text:no");
    }

    @Test
    void theDialectIsFoundInTheTemplateOrSet() {
        var qwen = "{% if tools %}<tool_call>\n{\"name\": <function-name>}\n</tool_call>{% endif %}<think>";
        assertThat(Dialect.of(Map.of(), qwen)).isEqualTo(new Dialect(Optional.of(ToolFormat.HERMES), true));
        assertThat(Dialect.of(Map.of("tool_call_parser", "none", "reasoning_parser", "none"), qwen))
                .isEqualTo(Dialect.PLAIN);
        assertThat(Dialect.of(Map.of("tool_call_parser", "mistral", "reasoning_parser", "deepseek_r1"), ""))
                .isEqualTo(new Dialect(Optional.of(ToolFormat.MISTRAL), true));
        assertThat(Dialect.of(Map.of(), "no tools")).isEqualTo(Dialect.PLAIN);
        assertThat(Dialect.of(Map.of(), "{% if tools %}<tool_call><function=name></tool_call>{% endif %}"))
                .isEqualTo(Dialect.PLAIN);
        assertThatThrownBy(() -> Dialect.of(Map.of("tool_call_parser", "hermez"), ""))
                .hasMessage(
                        "tool_call_parser: found 'hermez', expected hermes, llama3_json, mistral, pythonic, none or auto");
        assertThatThrownBy(() -> Dialect.of(Map.of("reasoning_parser", "thick"), ""))
                .hasMessageContaining("expected think, none or auto");
    }

    @Test
    void aModelThinksAtOnceWhereThePromptSaysSo() {
        var dialect = new Dialect(Optional.empty(), true);
        var text = new Dialect.Expected.Text();
        assertThat(Heard.of(dialect.parser(text, "<assistant><think>\n").orElseThrow(), "x"))
                .containsExactly("think:x");
        assertThat(Heard.of(dialect.parser(text, "<think></think>").orElseThrow(), "x"))
                .containsExactly("text:x");
        assertThat(Dialect.PLAIN.parser(text, "")).isEmpty();
        assertThat(Dialect.PLAIN.parser(new Dialect.Expected.Calls(TOOLS), "")).isEmpty();
    }
}
