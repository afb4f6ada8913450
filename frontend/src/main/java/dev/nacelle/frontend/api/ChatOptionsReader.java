package dev.nacelle.frontend.api;

import dev.nacelle.frontend.text.ChatFormat.Ending;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects what a chat says besides its messages, key by key. */
final class ChatOptionsReader {
    static final int TOOLS_MAX = 1024;

    private static final Set<String> CHOICES = Set.of("none", "auto", "required");
    private static final String CHOICE_EXPECTED =
            "none, auto, required, or {\"type\": \"function\", \"function\": {\"name\": …}}";

    /** What a template is told in its own terms, which {@code chat_template_kwargs} must not say otherwise. */
    private static final Set<String> RESERVED =
            Set.of("messages", "tools", "documents", "add_generation_prompt", "chat_template", "tokenize");

    private List<Object> tools = List.of();
    private final List<String> names = new ArrayList<>();
    private Optional<ToolChoice> toolChoice = Optional.empty();
    private boolean parallelToolCalls = true;
    private List<Object> documents = List.of();
    private final Map<String, Object> variables = new LinkedHashMap<>();
    private Optional<Boolean> addGenerationPrompt = Optional.empty();
    private boolean continueFinalMessage;
    private Optional<Boolean> addSpecialTokens = Optional.empty();
    private boolean includeReasoning = true;

    /** Takes the value of {@code key}, where it is one of these; engines that render by themselves get it too. */
    boolean read(String key, JsonAt at) throws ApiException {
        switch (key) {
            case "tools" -> readTools(at);
            case "tool_choice" -> toolChoice = Optional.of(readChoice(at));
            case "parallel_tool_calls" -> parallelToolCalls = at.bool();
            case "documents" -> readDocuments(at);
            case "chat_template_kwargs" -> readVariables(at);
            case "reasoning_effort" -> variables.putIfAbsent(key, at.name("a word, such as low, medium or high"));
            case "add_generation_prompt" -> addGenerationPrompt = Optional.of(at.bool());
            case "continue_final_message" -> continueFinalMessage = at.bool();
            case "add_special_tokens" -> addSpecialTokens = Optional.of(at.bool());
            case "include_reasoning" -> includeReasoning = at.bool();
            default -> {}
        }
        return false;
    }

    private void readTools(JsonAt at) throws ApiException {
        var read = new ArrayList<Object>();
        for (var tool : at.list("an array of tools")) {
            if (read.size() == TOOLS_MAX) throw tool.wrong("at most %d tools".formatted(TOOLS_MAX));
            tool.object("a tool: {\"type\": \"function\", \"function\": {…}}");
            tool.at("type").oneOf(Set.of("function"));
            var function = tool.at("function");
            function.object("an object with name, description and parameters");
            names.add(function.at("name").name("the tool's name"));
            if (!function.at("parameters").isNull()) function.at("parameters").object("a JSON schema");
            read.add(tool.object("a tool"));
        }
        tools = read;
    }

    private static ToolChoice readChoice(JsonAt at) throws ApiException {
        if (!at.isString()) {
            at.object(CHOICE_EXPECTED);
            at.at("type").oneOf(Set.of("function"));
            return new ToolChoice.Named(at.at("function").at("name").name("the name of one of the tools"));
        }
        return switch (at.oneOf(CHOICES)) {
            case "none" -> new ToolChoice.None();
            case "required" -> new ToolChoice.Required();
            default -> new ToolChoice.Auto();
        };
    }

    private void readDocuments(JsonAt at) throws ApiException {
        var read = new ArrayList<Object>();
        for (var document : at.list("an array of documents")) read.add(document.object("a document: an object"));
        documents = read;
    }

    private void readVariables(JsonAt at) throws ApiException {
        for (var entry : at.object("an object: what the model's chat template is to be told")
                .entrySet()) {
            if (RESERVED.contains(entry.getKey()))
                throw at.at(entry.getKey()).wrong("nothing: it is a parameter of the request");
            variables.put(entry.getKey(), entry.getValue());
        }
    }

    ChatOptions options() throws ApiException {
        if (continueFinalMessage && addGenerationPrompt.orElse(false))
            throw new JsonAt("continue_final_message", true).wrong("false beside add_generation_prompt");
        var ending = continueFinalMessage
                ? Ending.OPEN_MESSAGE
                : addGenerationPrompt.orElse(true) ? Ending.ANSWER : Ending.MESSAGE;
        return new ChatOptions(
                tools, choice(), parallelToolCalls, documents, variables, ending, addSpecialTokens, includeReasoning);
    }

    private ToolChoice choice() throws ApiException {
        var choice = toolChoice.orElse(new ToolChoice.Auto());
        switch (choice) {
            case ToolChoice.Named(var name) -> {
                if (!names.contains(name))
                    throw new JsonAt("tool_choice.function.name", name).wrong("the name of one of the tools");
            }
            case ToolChoice.Required _ -> {
                if (names.isEmpty()) throw new JsonAt("tool_choice", "required").wrong("tools beside it");
            }
            case ToolChoice.Auto _, ToolChoice.None _ -> {}
        }
        return choice;
    }
}
