package dev.nacelle.frontend.template;

import dev.nacelle.frontend.text.ChatFormat;
import dev.nacelle.frontend.text.Tokenizer.Specials;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.template.TemplateException;
import java.time.Clock;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The chat format that a model's own template describes. A template sees what Hugging Face's transformers shows it:
 * {@code messages}, {@code tools} and {@code documents} (null without any), {@code add_generation_prompt}, the model's
 * special tokens, and what the caller put into {@code chat_template_kwargs}.
 */
public final class TemplateFormat implements ChatFormat {
    /** Behind the last message's text, to find it again in what was rendered. */
    private static final String OPEN_END = "\u2063nacelle-goes-on-here\u2063";

    private static final String PROBE = "nacelle-probe";

    private final CompiledTemplates templates;
    private final String source;
    private final Clock clock;

    private TemplateFormat(CompiledTemplates templates, String source, Clock clock) {
        this.templates = templates;
        this.source = source;
        this.clock = clock;
    }

    /**
     * The format of these templates, at least one.
     *
     * @throws TemplateException with line and reason, when one of them is not valid
     */
    public static TemplateFormat of(ModelTemplates templates) {
        return of(templates, Clock.system(ZoneId.systemDefault()));
    }

    static TemplateFormat of(ModelTemplates templates, Clock clock) {
        return new TemplateFormat(
                CompiledTemplates.of(templates),
                String.join("\n", templates.sources().values()),
                clock);
    }

    @Override
    public boolean showsTools() {
        return source.contains("tools");
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public Rendered render(Conversation conversation) throws EngineException {
        var context = new LinkedHashMap<String, Object>(conversation.variables());
        putOrNull(context, "tools", conversation.tools());
        putOrNull(context, "documents", conversation.documents());
        context.put("add_generation_prompt", conversation.ending() == Ending.ANSWER);
        var template = templates
                .choose(Optional.empty(), context)
                .orElseThrow(() -> EngineException.invalid(
                        "messages: the model has no chat template for a conversation without tools"));
        var messages = new TemplateMessages(template.source(), takesParts(template)).of(conversation.messages());
        boolean open = conversation.ending() == Ending.OPEN_MESSAGE;
        context.put("messages", open ? withOpenEnd(messages) : messages);
        try {
            var text = templates.render(template, context, clock);
            return new Rendered(open ? upToOpenEnd(text) : text, Specials.SKIP);
        } catch (TemplateException e) {
            throw EngineException.invalid(
                    switch (e.kind()) {
                        case RAISED -> "messages: the model's chat template refuses them: " + e.reason();
                        case RENDER, SYNTAX, LIMIT ->
                            "messages: the model's chat template fails on them: " + e.getMessage();
                    });
        }
    }

    /** A template finds its variable there, and nothing in it, as in transformers. */
    @SuppressWarnings("NullAway")
    private static void putOrNull(Map<String, Object> context, String name, List<Object> values) {
        context.put(name, values.isEmpty() ? null : values);
    }

    /** Whether the template goes through the parts of a message's content by itself, rather than print it as one text. */
    private boolean takesParts(CompiledTemplates.Compiled template) {
        var part = new LinkedHashMap<String, Object>();
        part.put("type", "text");
        part.put("text", PROBE);
        var message = new LinkedHashMap<String, Object>();
        message.put("role", "user");
        message.put("content", List.of(part));
        var context = new LinkedHashMap<String, Object>();
        context.put("messages", List.of(message));
        putOrNull(context, "tools", List.of());
        putOrNull(context, "documents", List.of());
        context.put("add_generation_prompt", true);
        try {
            var text = templates.render(template, context, clock);
            return text.contains(PROBE) && !text.contains("'text'") && !text.contains("\"text\"");
        } catch (TemplateException _) {
            return false; // it takes texts alone
        }
    }

    private static List<Map<String, Object>> withOpenEnd(List<Map<String, Object>> messages) throws EngineException {
        var last = new LinkedHashMap<>(messages.getLast());
        if (!(last.get("content") instanceof String content))
            throw EngineException.invalid("continue_final_message: the last message has no text to go on with");
        last.put("content", content + OPEN_END);
        return Stream.concat(messages.subList(0, messages.size() - 1).stream(), Stream.of(last))
                .toList();
    }

    private static String upToOpenEnd(String text) throws EngineException {
        int end = text.lastIndexOf(OPEN_END);
        if (end < 0)
            throw EngineException.invalid(
                    "continue_final_message: the model's chat template does not show the last message's text");
        return text.substring(0, end);
    }
}
