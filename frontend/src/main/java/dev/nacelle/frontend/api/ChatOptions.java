package dev.nacelle.frontend.api;

import dev.nacelle.frontend.text.ChatFormat;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a caller says of a conversation besides its messages.
 *
 * @param tools as in OpenAI's API, each checked to be a function with a name (JSON-like); empty for none
 * @param parallelToolCalls whether the model may call several at once
 * @param documents what the model may quote (JSON-like)
 * @param variables for the model's chat template: {@code chat_template_kwargs}, and {@code reasoning_effort}
 * @param ending how the prompt ends
 * @param addSpecialTokens whether the tokenizer adds its own, whatever the template wrote; empty: as the format wants it
 * @param includeReasoning whether the caller gets to see what the model thought
 */
public record ChatOptions(
        List<Object> tools,
        ToolChoice toolChoice,
        boolean parallelToolCalls,
        List<Object> documents,
        Map<String, Object> variables,
        ChatFormat.Ending ending,
        Optional<Boolean> addSpecialTokens,
        boolean includeReasoning) {
    /** Everything left open. */
    public static final ChatOptions DEFAULT = new ChatOptions(
            List.of(),
            new ToolChoice.Auto(),
            true,
            List.of(),
            Map.of(),
            ChatFormat.Ending.ANSWER,
            Optional.empty(),
            true);

    public ChatOptions {
        tools = List.copyOf(tools);
        documents = List.copyOf(documents);
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /** The tools that the model gets to see. */
    public List<Object> shownTools() {
        return toolChoice instanceof ToolChoice.None ? List.of() : tools;
    }
}
