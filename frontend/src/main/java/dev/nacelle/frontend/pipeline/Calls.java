package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.api.ApiException;
import dev.nacelle.frontend.api.ToolChoice;
import dev.nacelle.frontend.json.JsonObject;
import dev.nacelle.frontend.model.ModelText;
import dev.nacelle.frontend.model.ServedModel;
import dev.nacelle.frontend.parser.Dialect.Expected;
import dev.nacelle.spi.Capability;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.request.SamplingOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What becomes of the tools of a request.
 *
 * @param expected what the output will consist of
 * @param guided what the engine is held to, so that it calls a tool; empty where it is free
 */
record Calls(Expected expected, Map<String, Object> guided) {
    private static final String GUIDED = "guided_decoding";
    private static final Calls NONE = new Calls(new Expected.Text(), Map.of());

    static Calls of(Asked asked, ServedModel model, ModelText.Use text) throws ApiException {
        if (!(asked instanceof Asked.Chat chat)) return NONE;
        var tools = chat.chat().shownTools();
        if (tools.isEmpty()) return NONE;
        if (model.config().input() == ModelInput.TOKENS && !text.chatFormat().showsTools())
            throw refused(
                    "tools",
                    "the chat template of model '%s' shows it no tools: leave them out".formatted(model.name()));
        return switch (chat.chat().toolChoice()) {
            case ToolChoice.None _ -> NONE;
            case ToolChoice.Auto _ -> {
                if (text.dialect().tools().isEmpty())
                    throw refused(
                            "tools",
                            "it is not known how model '%s' writes calls: set its worker's model.tool_call_parser"
                                    .formatted(model.name()));
                yield new Calls(new Expected.Calls(names(tools)), Map.of());
            }
            case ToolChoice.Required _ -> {
                requireGuided(chat, model);
                var each = tools.stream().map(Calls::schemaOfCall).toList();
                yield new Calls(
                        new Expected.ForcedCalls(),
                        Map.of("json", Map.of("type", "array", "minItems", 1L, "items", Map.of("anyOf", each))));
            }
            case ToolChoice.Named(var name) -> {
                requireGuided(chat, model);
                yield new Calls(new Expected.ForcedCall(name), Map.of("json", parameters(tool(tools, name))));
            }
        };
    }

    /** The sampling options with what the engine is held to. */
    SamplingOptions held(SamplingOptions sampling) {
        if (guided.isEmpty()) return sampling;
        var extras = new LinkedHashMap<>(sampling.extras());
        extras.put(GUIDED, guided);
        return new SamplingOptions(
                sampling.temperature(),
                sampling.topP(),
                sampling.topK(),
                sampling.minP(),
                sampling.presencePenalty(),
                sampling.frequencyPenalty(),
                sampling.repetitionPenalty(),
                sampling.seed(),
                sampling.n(),
                extras);
    }

    private static void requireGuided(Asked.Chat chat, ServedModel model) throws ApiException {
        if (!model.config().capabilities().contains(Capability.GUIDED_DECODING))
            throw refused(
                    "tool_choice",
                    "model '%s' cannot be made to call a tool, as its engine does not offer guided decoding: use auto"
                            .formatted(model.name()));
        if (chat.options().sampling().extras().get(GUIDED) != null)
            throw refused("tool_choice", "found a format for the output beside it, expected one of the two");
    }

    private static ApiException refused(String param, String message) {
        return new ApiException(ApiError.invalid(param, param + ": " + message));
    }

    private static Set<String> names(List<Object> tools) {
        return tools.stream().map(Calls::name).collect(Collectors.toSet());
    }

    private static String name(Object tool) {
        return JsonObject.of(tool).object("function").string("name").orElse("");
    }

    private static Object tool(List<Object> tools, String name) {
        return tools.stream()
                .filter(tool -> name(tool).equals(name))
                .findFirst()
                .orElse(Map.of());
    }

    private static Map<String, Object> parameters(Object tool) {
        var parameters =
                JsonObject.of(tool).object("function").object("parameters").values();
        return parameters.isEmpty() ? Map.of("type", "object") : parameters;
    }

    private static Map<String, Object> schemaOfCall(Object tool) {
        var properties = new LinkedHashMap<String, Object>();
        properties.put("name", Map.of("type", "string", "enum", List.of(name(tool))));
        properties.put("parameters", parameters(tool));
        return Map.of("type", "object", "properties", properties, "required", List.of("name", "parameters"));
    }
}
