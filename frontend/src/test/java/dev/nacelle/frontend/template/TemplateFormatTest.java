package dev.nacelle.frontend.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.frontend.text.ChatFormat.Conversation;
import dev.nacelle.frontend.text.ChatFormat.Ending;
import dev.nacelle.frontend.text.ChatMessage;
import dev.nacelle.frontend.text.Tokenizer.Specials;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TemplateFormatTest {
    private static final String SIMPLE =
            "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";

    private static TemplateFormat format(String template) {
        return TemplateFormat.of(new ModelTemplates(Map.of("default", template), Map.of("bos_token", "<s>")));
    }

    private static String render(String template, ChatMessage... messages) throws EngineException {
        return format(template).render(Conversation.toAnswer(List.of(messages))).text();
    }

    private static ChatMessage message(Object... keysAndValues) {
        var fields = new LinkedHashMap<String, Object>();
        for (int i = 0; i < keysAndValues.length; i += 2) fields.put((String) keysAndValues[i], keysAndValues[i + 1]);
        return new ChatMessage(String.valueOf(fields.get("role")), "joined", fields);
    }

    @Test
    void theTemplateWritesItsOwnSpecialTokens() throws EngineException {
        var rendered = format(SIMPLE).render(Conversation.toAnswer(List.of(ChatMessage.of("user", "Hi"))));
        assertThat(rendered.text()).isEqualTo("<s><user>Hi<assistant>");
        assertThat(rendered.specials()).isEqualTo(Specials.SKIP);
    }

    @Test
    void toolsAndDocumentsAreNullWithoutAny() throws EngineException {
        assertThat(render("{{ tools }} {{ documents }} {{ x is defined }}", ChatMessage.of("user", "Hi")))
                .isEqualTo("None None False");
    }

    @Test
    void aCallersVariablesAreSeenAndItsSpecialTokensGoFirst() throws EngineException {
        var conversation = new Conversation(
                List.of(ChatMessage.of("user", "Hi")),
                Ending.MESSAGE,
                List.of(Map.of("type", "function")),
                List.of(),
                Map.of("enable_thinking", false, "bos_token", "<mine>"));
        assertThat(format("{{ bos_token }}{{ enable_thinking }}{{ tools }}{{ add_generation_prompt }}")
                        .render(conversation)
                        .text())
                .isEqualTo("<mine>False[{'type': 'function'}]False");
    }

    @Test
    void argumentsOfToolCallsAreObjects() throws EngineException {
        var template = "{% for c in messages[0].tool_calls %}{{ c.function.arguments | tojson }};{% endfor %}";
        var calls = List.of(
                Map.of("function", Map.of("name", "f", "arguments", "{\"b\": 1, \"a\": [\"ü\"]}")),
                Map.of("function", Map.of("name", "f", "arguments", "")),
                Map.of("function", Map.of("name", "f", "arguments", "{broken")));
        assertThat(render(template, message("role", "assistant", "tool_calls", calls)))
                .isEqualTo("{\"b\": 1, \"a\": [\"ü\"]};{};\"{broken\";");
    }

    @Test
    void partsAreJoinedForATemplateThatTakesTexts() throws EngineException {
        var parts = List.of(Map.of("type", "text", "text", "one"), Map.of("type", "text", "text", "two"));
        assertThat(render(SIMPLE, message("role", "user", "content", parts))).isEqualTo("<s><user>joined<assistant>");
        var byPart =
                "{% for m in messages %}{% for p in m.content %}{% if p.type == 'text' %}[{{ p.text }}]{% endif %}{% endfor %}{% endfor %}";
        assertThat(render(byPart, message("role", "user", "content", parts))).isEqualTo("[one][two]");
    }

    @Test
    void aDeveloperIsTheSystemForATemplateThatKnowsNone() throws EngineException {
        assertThat(render(SIMPLE, ChatMessage.of("developer", "Be brief"))).isEqualTo("<s><system>Be brief<assistant>");
        assertThat(render("{# developer #}" + SIMPLE, ChatMessage.of("developer", "x")))
                .isEqualTo("<s><developer>x<assistant>");
    }

    @Test
    void anOpenMessageEndsWhereItsTextEnds() throws EngineException {
        var closed =
                "{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}</{{ m.role }}>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
        var conversation = new Conversation(
                List.of(ChatMessage.of("user", "Hi"), ChatMessage.of("assistant", "Once upon")),
                Ending.OPEN_MESSAGE,
                List.of(),
                List.of(),
                Map.of());
        assertThat(format(closed).render(conversation).text()).isEqualTo("<user>Hi</user><assistant>Once upon");
        assertThatThrownBy(() -> format("nothing").render(conversation))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("continue_final_message");
    }

    @Test
    void aRefusalIsTheCallersWithTheTemplatesWords() {
        assertThatThrownBy(() -> render("{{ raise_exception('roles must alternate') }}", ChatMessage.of("user", "x")))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.error())
                                .isEqualTo(new EngineError.InvalidArgument(
                                        "messages: the model's chat template refuses them: roles must alternate")));
        assertThatThrownBy(() -> render("\n{{ messages[0].x.y }}", ChatMessage.of("user", "x")))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("line 2");
    }

    @Test
    void thereIsOneForTools() throws EngineException {
        var templates = new LinkedHashMap<String, String>();
        templates.put("default", "plain");
        templates.put("tool_use", "{{ tools | length }} tools");
        var format = TemplateFormat.of(new ModelTemplates(templates, Map.of()));
        var messages = List.of(ChatMessage.of("user", "Hi"));
        assertThat(format.render(Conversation.toAnswer(messages)).text()).isEqualTo("plain");
        var withTools = new Conversation(messages, Ending.ANSWER, List.of(Map.of()), List.of(), Map.of());
        assertThat(format.render(withTools).text()).isEqualTo("1 tools");
        var named = TemplateFormat.of(new ModelTemplates(Map.of("tool_use", "x"), Map.of()));
        assertThatThrownBy(() -> named.render(Conversation.toAnswer(messages))).isInstanceOf(EngineException.class);
    }
}
