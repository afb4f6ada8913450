package dev.nacelle.frontend.api;

import dev.nacelle.frontend.text.ChatMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects what {@code /v1/responses} says in words of its own, and says it in a chat's. */
final class ResponseReader {
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant");
    private static final Set<String> TEXT_PARTS = Set.of("input_text", "output_text", "text");

    private final ChatOptionsReader chat = new ChatOptionsReader();
    private final GuidedReader guided;
    private final List<ChatMessage> messages = new ArrayList<>();
    private final Map<String, Object> said = new LinkedHashMap<>();
    private final List<Object> calls = new ArrayList<>(); // of one assistant's message
    private String instructions = "";

    ResponseReader(GuidedReader guided) {
        this.guided = guided;
    }

    /** Takes the value of {@code key}. @return whether it is one of these */
    boolean read(String key, JsonAt at) throws ApiException {
        switch (key) {
            case "input" -> readInput(at);
            case "instructions" -> instructions = at.string("a text");
            case "tools" -> chat.read(key, new JsonAt(at.path(), nested(at)));
            case "tool_choice" -> chat.read(key, choice(at));
            case "parallel_tool_calls" -> chat.read(key, at);
            case "reasoning" -> {
                at.object("an object with effort");
                if (!at.at("effort").isNull()) chat.read("reasoning_effort", at.at("effort"));
            }
            case "text" -> {
                at.object("an object with format");
                if (!at.at("format").isNull()) guided.readFormat("text.format", at.at("format"));
            }
            default -> {
                return false;
            }
        }
        if (!key.equals("input") && at.value() != null) said.put(key, at.value());
        return true;
    }

    /** A response's tools lie flat where a chat's have a {@code function} of their own. */
    private static List<Object> nested(JsonAt at) throws ApiException {
        var nested = new ArrayList<Object>();
        for (var tool : at.list("an array of tools")) {
            var function = new LinkedHashMap<>(tool.object("a tool: {\"type\": \"function\", \"name\": …}"));
            tool.at("type").oneOf(Set.of("function"));
            tool.at("name").name("the tool's name");
            function.remove("type");
            var outer = new LinkedHashMap<String, Object>();
            outer.put("type", "function");
            outer.put("function", function);
            nested.add(outer);
        }
        return nested;
    }

    private static JsonAt choice(JsonAt at) throws ApiException {
        if (at.isString()) return at;
        at.object("none, auto, required, or {\"type\": \"function\", \"name\": …}");
        var outer = new LinkedHashMap<String, Object>();
        outer.put("type", at.at("type").string("\"function\""));
        outer.put("function", Map.of("name", at.at("name").name("the name of one of the tools")));
        return new JsonAt(at.path(), outer);
    }

    private void readInput(JsonAt at) throws ApiException {
        if (at.isString()) {
            messages.add(ChatMessage.of("user", at.name("a text that is not empty")));
            return;
        }
        for (var item : at.list("a text or an array of items")) {
            item.object("an item: an object");
            var type = item.at("type").isNull() ? "message" : item.at("type").string("the item's type");
            switch (type) {
                case "message" -> readMessage(item);
                case "function_call" -> readCall(item);
                case "function_call_output" -> readOutput(item);
                case "reasoning" -> {} // the model thinks anew
                default -> throw item.at("type").wrong("message, function_call, function_call_output or reasoning");
            }
        }
        endCalls();
        if (messages.isEmpty()) throw at.wrong("at least one message");
    }

    private void readMessage(JsonAt item) throws ApiException {
        endCalls();
        messages.add(ChatMessage.of(item.at("role").oneOf(ROLES), text(item.at("content"))));
    }

    private static String text(JsonAt content) throws ApiException {
        if (content.isString()) return content.string("a text");
        var texts = new ArrayList<String>();
        for (var part : content.list("a text or an array of text parts")) {
            part.object("a part: {\"type\": \"input_text\", \"text\": …}");
            part.at("type").oneOf(TEXT_PARTS);
            texts.add(part.at("text").string("a text"));
        }
        return String.join("\n", texts);
    }

    private void readCall(JsonAt item) throws ApiException {
        var function = new LinkedHashMap<String, Object>();
        function.put("name", item.at("name").name("the tool's name"));
        function.put("arguments", item.at("arguments").string("JSON in a text"));
        var call = new LinkedHashMap<String, Object>();
        call.put("id", item.at("call_id").name("the call's id"));
        call.put("type", "function");
        call.put("function", function);
        calls.add(call);
    }

    private void readOutput(JsonAt item) throws ApiException {
        endCalls();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("role", "tool");
        fields.put("tool_call_id", item.at("call_id").name("the call's id"));
        var output = text(item.at("output"));
        fields.put("content", output);
        messages.add(new ChatMessage("tool", output, fields));
    }

    /** Calls that follow each other are one message of the assistant's. */
    private void endCalls() {
        if (calls.isEmpty()) return;
        var fields = new LinkedHashMap<String, Object>();
        fields.put("role", "assistant");
        fields.put("content", "");
        fields.put("tool_calls", List.copyOf(calls));
        messages.add(new ChatMessage("assistant", "", fields));
        calls.clear();
    }

    ResponseRequest request(RequestOptions options) throws ApiException {
        if (messages.isEmpty()) throw new JsonAt("input", null).wrong("a text or an array of items");
        var all = new ArrayList<ChatMessage>();
        if (!instructions.isEmpty()) all.add(ChatMessage.of("system", instructions));
        all.addAll(messages);
        options.stop().maxTokens().ifPresent(most -> said.put("max_output_tokens", (long) most));
        options.sampling().temperature().ifPresent(value -> said.put("temperature", value));
        options.sampling().topP().ifPresent(value -> said.put("top_p", value));
        options.output().logProbs().ifPresent(top -> said.put("top_logprobs", (long) top));
        options.user().ifPresent(user -> said.put("user", user));
        said.put("metadata", options.metadata());
        return new ResponseRequest(new ChatRequest(all, chat.options(), options), said);
    }
}
