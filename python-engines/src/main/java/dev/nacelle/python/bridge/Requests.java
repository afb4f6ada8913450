package dev.nacelle.python.bridge;

import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Requests in Python's shape. What is empty is left out: engines ask with {@code .get(key)}. */
final class Requests {
    private static final int[] NONE = {};

    private Requests() {}

    /** The frame of a request. */
    static byte[] frame(long id, GenerateRequest request, GenerateContext context) {
        var head = new LinkedHashMap<String, @Nullable Object>();
        head.put("id", context.id());
        var metadata = context.metadata();
        if (!metadata.isEmpty()) head.put("metadata", metadata);
        var trace = context.traceHeaders();
        if (!trace.isEmpty()) head.put("trace", trace);
        head.put("request", fields(request));
        int[] tokens = request.prompt() instanceof Prompt.Tokens(var ids) ? ids.toArray() : NONE;
        return FrameWriter.generate(id, tokens, Json.write(head));
    }

    /** Everything but the prompt's token ids, which cross as they are. */
    private static Map<String, @Nullable Object> fields(GenerateRequest request) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("model", request.model());
        fields.put("task", request.task().wireName());
        switch (request.prompt()) {
            case Prompt.Tokens _ -> {}
            case Prompt.Text(var text) -> fields.put("prompt", text);
            case Prompt.Messages(var messages) -> fields.put("messages", messages);
        }
        fields.put("sampling_options", sampling(request.sampling()));
        fields.put("stop_conditions", stop(request.stop()));
        fields.put("output_options", output(request.output()));
        var routing = new LinkedHashMap<String, @Nullable Object>();
        put(routing, "dp_rank", request.dpRank());
        put(routing, "priority", request.priority());
        request.deadline().ifPresent(at -> routing.put("deadline_ms", at.toEpochMilli()));
        if (!routing.isEmpty()) fields.put("routing", routing);
        if (!request.prefillResult().isEmpty()) fields.put("prefill_result", request.prefillResult());
        if (request.healthCheck()) {
            fields.put("_HEALTH_CHECK", true);
            fields.putAll(request.extras()); // the engine's own payload comes back to it as it was
        } else {
            request.extras().forEach(fields::putIfAbsent);
        }
        return fields;
    }

    private static Map<String, @Nullable Object> sampling(SamplingOptions options) {
        var fields = new LinkedHashMap<String, @Nullable Object>(options.extras());
        put(fields, "temperature", options.temperature());
        put(fields, "top_p", options.topP());
        put(fields, "top_k", options.topK());
        put(fields, "min_p", options.minP());
        put(fields, "presence_penalty", options.presencePenalty());
        put(fields, "frequency_penalty", options.frequencyPenalty());
        put(fields, "repetition_penalty", options.repetitionPenalty());
        put(fields, "seed", options.seed());
        if (options.n() > 1) fields.put("n", options.n());
        return fields;
    }

    private static Map<String, @Nullable Object> stop(StopConditions stop) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        put(fields, "max_tokens", stop.maxTokens());
        if (stop.minTokens() > 0) fields.put("min_tokens", stop.minTokens());
        if (!stop.stopTokenIds().isEmpty())
            fields.put("stop_token_ids", stop.stopTokenIds().stream().boxed().toList());
        if (!stop.stopStrings().isEmpty()) fields.put("stop", stop.stopStrings());
        if (stop.ignoreEos()) fields.put("ignore_eos", true);
        return fields;
    }

    private static Map<String, @Nullable Object> output(OutputOptions output) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        put(fields, "logprobs", output.logProbs());
        put(fields, "prompt_logprobs", output.promptLogProbs());
        fields.put("skip_special_tokens", output.skipSpecialTokens());
        return fields;
    }

    private static void put(Map<String, @Nullable Object> to, String key, OptionalInt value) {
        if (value.isPresent()) to.put(key, value.getAsInt());
    }

    private static void put(Map<String, @Nullable Object> to, String key, OptionalLong value) {
        if (value.isPresent()) to.put(key, value.getAsLong());
    }

    private static void put(Map<String, @Nullable Object> to, String key, OptionalDouble value) {
        if (value.isPresent()) to.put(key, value.getAsDouble());
    }
}
