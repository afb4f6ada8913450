package dev.nacelle.dynamo.wire;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.Task;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What a frontend sends to an engine that takes text: OpenAI's request as the client wrote it. */
final class TextRequest {
    private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    private TextRequest() {}

    /**
     * The request, and who renders its response.
     *
     * @throws IOException when the body is no JSON
     * @throws IllegalArgumentException when it is no request
     */
    static RequestFormat.Asked read(byte[] body, String model) throws IOException {
        var fields = new Fields("", Json.MAPPER.readValue(body, OBJECT));
        var asked = fields.text("model").orElse(model);
        boolean isChat = fields.rest().containsKey("messages");
        var prompt = isChat ? messages(fields) : new Prompt.Text(text(fields));
        var sampling = new SamplingOptions(
                fields.number("temperature"),
                fields.number("top_p"),
                fields.count("top_k"),
                fields.number("min_p"),
                fields.number("presence_penalty"),
                fields.number("frequency_penalty"),
                fields.number("repetition_penalty"),
                fields.integer("seed"),
                fields.count("n").orElse(1),
                sampling(fields));
        var older = fields.count("max_tokens");
        var newer = fields.count("max_completion_tokens");
        var stop = new StopConditions(
                newer.isPresent() ? newer : older,
                fields.count("min_tokens").orElse(0),
                fields.ids("stop_token_ids"),
                fields.texts("stop"),
                fields.flag("ignore_eos", false));
        var output =
                new OutputOptions(isChat ? chatLogProbs(fields) : fields.count("logprobs"), OptionalInt.empty(), true);
        boolean isStream = fields.flag("stream", false);
        boolean usage = fields.object("stream_options").flag("include_usage", false) || !isStream;
        var request = new GenerateRequest(
                asked,
                Task.GENERATE,
                prompt,
                sampling,
                stop,
                output,
                OptionalInt.empty(),
                Map.of(),
                false,
                OptionalInt.empty(),
                Optional.empty(),
                fields.rest());
        return new RequestFormat.Asked(request, new TextWriter(asked, isChat, usage));
    }

    private static Prompt messages(Fields fields) {
        return new Prompt.Messages(fields.objects("messages"));
    }

    private static String text(Fields fields) {
        var prompt = fields.texts("prompt");
        if (prompt.size() != 1)
            throw new IllegalArgumentException("prompt: %d texts, expected one".formatted(prompt.size()));
        return prompt.getFirst();
    }

    private static Map<String, Object> sampling(Fields fields) {
        var extras = new LinkedHashMap<String, Object>();
        for (var name : List.of("logit_bias", "best_of", "response_format", "guided_decoding"))
            fields.pass(name, extras);
        return extras;
    }

    private static OptionalInt chatLogProbs(Fields fields) {
        boolean wanted = fields.flag("logprobs", false);
        var top = fields.count("top_logprobs");
        return wanted ? OptionalInt.of(top.orElse(0)) : OptionalInt.empty();
    }
}
