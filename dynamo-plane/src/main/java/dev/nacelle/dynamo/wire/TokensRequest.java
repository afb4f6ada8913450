package dev.nacelle.dynamo.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.Task;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a frontend sends to an engine that takes tokens: the prompt's ids and every option under Dynamo's names. What
 * the SPI has no place for stays under its name among the extras.
 */
final class TokensRequest {

    /** Of the frontend's own business, and nothing to an engine. */
    private static final String[] FRONTENDS_OWN = {"mdc_sum", "router_config_override", "tracker"};

    private TokensRequest() {}

    /**
     * The request.
     *
     * @throws IOException when the body is no JSON
     * @throws IllegalArgumentException when it is no request
     */
    static GenerateRequest read(byte[] body) throws IOException {
        try (var json = Json.MAPPER.createParser(body)) {
            return request(json);
        }
    }

    private static GenerateRequest request(JsonParser json) throws IOException {
        int[] ids = {};
        var others = new LinkedHashMap<String, @Nullable Object>();
        if (json.nextToken() != JsonToken.START_OBJECT) throw new IllegalArgumentException("no JSON object");
        for (var name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            // By far the longest field, and the one that need not become objects.
            if (name.equals("token_ids")) ids = ids(json);
            else others.put(name, json.readValueAs(Object.class));
        }
        if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null)
            throw new IllegalArgumentException("more than one JSON object");
        return request(ids, new Fields("", others));
    }

    private static int[] ids(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY)
            throw new IllegalArgumentException("token_ids: no list, expected one of token ids");
        var ids = new int[256];
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (count == ids.length) ids = Arrays.copyOf(ids, count * 2);
            ids[count++] = json.getIntValue();
        }
        return Arrays.copyOf(ids, count);
    }

    private static GenerateRequest request(int[] ids, Fields fields) {
        for (var name : FRONTENDS_OWN) fields.pass(name, new LinkedHashMap<>());
        var model = fields.text("model").orElse("");
        var sampling = sampling(fields.object("sampling_options"));
        var extras = new LinkedHashMap<String, Object>();
        var stop = stop(fields.object("stop_conditions"), extras);
        var output = output(fields.object("output_options"), extras);
        var routing = fields.object("routing");
        var rank = routing.count("dp_rank");
        var prefill = fields.object("prefill_result");
        var handoff = prefill.map("disaggregated_params");
        boolean probe = fields.flag("_HEALTH_CHECK", false);
        extras.putAll(fields.rest());
        keep("routing", routing, extras);
        keep("prefill_result", prefill, extras);
        return new GenerateRequest(
                model,
                Task.GENERATE,
                new Prompt.Tokens(ids),
                sampling,
                stop,
                output,
                rank,
                handoff,
                probe,
                OptionalInt.empty(),
                Optional.empty(),
                extras);
    }

    private static SamplingOptions sampling(Fields fields) {
        var n = fields.count("n").orElse(1);
        return new SamplingOptions(
                fields.number("temperature"),
                fields.number("top_p"),
                fields.count("top_k"),
                fields.number("min_p"),
                fields.number("presence_penalty"),
                fields.number("frequency_penalty"),
                fields.number("repetition_penalty"),
                fields.integer("seed"),
                n,
                fields.rest());
    }

    private static StopConditions stop(Fields fields, Map<String, Object> extras) {
        var stop = new StopConditions(
                fields.count("max_tokens"),
                fields.count("min_tokens").orElse(0),
                fields.ids("stop_token_ids", "stop_token_ids_visible", "stop_token_ids_hidden"),
                fields.texts("stop"),
                fields.flag("ignore_eos", false));
        extras.putAll(fields.rest());
        return stop;
    }

    private static OutputOptions output(Fields fields, Map<String, Object> extras) {
        var output = new OutputOptions(
                fields.count("logprobs"), fields.count("prompt_logprobs"), fields.flag("skip_special_tokens", true));
        extras.putAll(fields.rest());
        return output;
    }

    /** What an object has beyond the fields that were read of it. */
    private static void keep(String name, Fields fields, Map<String, Object> extras) {
        if (!fields.rest().isEmpty()) extras.put(name, fields.rest());
    }
}
