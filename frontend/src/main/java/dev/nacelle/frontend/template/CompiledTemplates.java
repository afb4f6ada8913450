package dev.nacelle.frontend.template;

import dev.nacelle.template.ChatTemplate;
import dev.nacelle.template.TemplateException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The chat templates of a model, ready to render: what the API gives a model and what {@code nacelle template} prints
 * come from here. Immutable, safe from any thread.
 */
final class CompiledTemplates {
    private final Map<String, Compiled> byName = new LinkedHashMap<>();
    private final ModelTemplates templates;

    /** One template. */
    record Compiled(String source, ChatTemplate template) {}

    private CompiledTemplates(ModelTemplates templates) {
        this.templates = templates;
    }

    /** @throws TemplateException with line and reason, when one of them is not valid */
    static CompiledTemplates of(ModelTemplates templates) {
        var compiled = new CompiledTemplates(templates);
        templates
                .sources()
                .forEach((name, source) ->
                        compiled.byName.put(name, new Compiled(source, ChatTemplate.compile(source))));
        return compiled;
    }

    /** The template of that name; without one, the template for a conversation such as the context's. */
    Optional<Compiled> choose(Optional<String> name, Map<String, ?> context) {
        boolean withTools = context.get("tools") instanceof List<?> list && !list.isEmpty();
        return Optional.ofNullable(byName.get(name.orElseGet(() -> templates.nameFor(withTools))));
    }

    /**
     * Renders with the model's special tokens, which the context's own variables go before.
     *
     * @throws TemplateException when the template refuses the context, or fails on it
     */
    String render(Compiled chosen, Map<String, ?> context, Clock clock) {
        var all = new LinkedHashMap<String, Object>(templates.specials());
        all.putAll(context);
        return chosen.template().render(all, clock);
    }
}
