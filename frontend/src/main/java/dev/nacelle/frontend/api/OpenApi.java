package dev.nacelle.frontend.api;

import dev.nacelle.frontend.api.Parameter.Kind;
import java.util.Map;
import java.util.Set;

/** The API's description of itself, {@code /openapi.json}, made of the table of parameters. */
public final class OpenApi {
    private static final Map<Kind, String> PATHS = Map.of(
            Kind.CHAT, "/v1/chat/completions",
            Kind.COMPLETION, "/v1/completions",
            Kind.EMBEDDING, "/v1/embeddings",
            Kind.RESPONSE, "/v1/responses");
    private static final Map<Kind, Set<String>> REQUIRED = Map.of(
            Kind.CHAT, Set.of("model", "messages"),
            Kind.COMPLETION, Set.of("model", "prompt"),
            Kind.EMBEDDING, Set.of("model", "input"),
            Kind.RESPONSE, Set.of("model", "input"));
    private static final String ERROR_REF =
            "{\"description\":\"An error\",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Error\"}}}}";
    private static final String OBJECT =
            "\"description\":\"OK\",\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\"}}";

    private OpenApi() {}

    /** The path where requests of that kind go. */
    public static String path(Kind kind) {
        return PATHS.getOrDefault(kind, "/");
    }

    /** The document. */
    public static byte[] document() {
        var out = new JsonBuffer(32 * 1024);
        out.raw("{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Nacelle\",\"version\":\"1\",\"description\":")
                .string("The OpenAI-compatible API. Keys of a body that are not listed go to the engine as they are.")
                .raw("},\"paths\":{");
        for (var kind : Kind.values()) {
            writePost(out, kind);
            out.raw(",");
        }
        writeGet(out, "/v1/models", "listModels", "");
        out.raw(",");
        writeGet(
                out,
                "/v1/models/{model}",
                "getModel",
                "\"parameters\":[{\"name\":\"model\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\"}}],");
        out.raw(",");
        writeGet(out, "/openapi.json", "getDescription", "");
        out.raw("},\"components\":{\"schemas\":{\"Error\":");
        writeErrorSchema(out);
        out.raw("}}}");
        return out.toArray();
    }

    private static void writePost(JsonBuffer out, Kind kind) {
        var path = path(kind);
        out.string(path)
                .raw(":{\"post\":{\"operationId\":")
                .string(path.substring(4).replace('/', '_'));
        out.raw(",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":");
        writeSchema(out, kind);
        out.raw("}}},\"responses\":{\"200\":{").raw(OBJECT);
        if (kind != Kind.EMBEDDING) out.raw(",\"text/event-stream\":{\"schema\":{\"type\":\"string\"}}");
        out.raw("}}");
        for (var status : new String[] {"400", "404", "429", "500", "502", "503", "504"})
            out.raw(",").string(status).raw(":").raw(ERROR_REF);
        out.raw("}}}");
    }

    private static void writeGet(JsonBuffer out, String path, String operation, String parameters) {
        out.string(path)
                .raw(":{\"get\":{\"operationId\":")
                .string(operation)
                .raw(",")
                .raw(parameters);
        out.raw("\"responses\":{\"200\":{").raw(OBJECT).raw("}}");
        if (!parameters.isEmpty()) out.raw(",\"404\":").raw(ERROR_REF);
        out.raw("}}}");
    }

    private static void writeSchema(JsonBuffer out, Kind kind) {
        out.raw("{\"type\":\"object\",\"required\":[");
        var separator = "";
        for (var name : REQUIRED.getOrDefault(kind, Set.of()).stream().sorted().toList()) {
            out.raw(separator).string(name);
            separator = ",";
        }
        out.raw("],\"properties\":{");
        separator = "";
        for (var parameter : Parameters.all()) {
            if (!parameter.requests().contains(kind)) continue;
            out.raw(separator).string(parameter.name()).raw(":{\"anyOf\":[").raw(parameter.schema());
            out.raw(",{\"type\":\"null\"}],\"description\":")
                    .string(said(parameter))
                    .raw("}");
            separator = ",";
        }
        out.raw("},\"additionalProperties\":true}");
    }

    private static String said(Parameter parameter) {
        var treatment = switch (parameter.treatment()) {
            case HONOURED -> "Honoured.";
            case CAPABILITY -> "Honoured where the engine can, else refused.";
            case REFUSED -> "Refused unless it changes nothing.";
            case IGNORED -> "Ignored here; the engine gets it.";
        };
        return parameter.note().isEmpty() ? treatment : treatment + " " + parameter.note();
    }

    private static void writeErrorSchema(JsonBuffer out) {
        out.raw("{\"type\":\"object\",\"required\":[\"error\"],\"properties\":{\"error\":{\"type\":\"object\",")
                .raw(
                        "\"required\":[\"message\",\"type\",\"param\",\"code\"],\"properties\":{\"message\":{\"type\":\"string\"},")
                .raw(
                        "\"type\":{\"type\":\"string\"},\"param\":{\"type\":[\"string\",\"null\"]},\"code\":{\"type\":\"string\"},")
                .raw("\"request_id\":{\"type\":\"string\"}}}}}");
    }
}
