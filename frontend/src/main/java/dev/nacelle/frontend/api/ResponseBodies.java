package dev.nacelle.frontend.api;

import dev.nacelle.spi.request.Embedding;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Writes the bodies of responses that come in one piece. */
public final class ResponseBodies {
    private ResponseBodies() {}

    /**
     * One choice of a response.
     *
     * @param logProbs one a token, if the caller asked for them
     * @param ends for each of them, the text's length once its token was there
     * @param embedding of a request for one
     */
    public record Choice(
            CharSequence text,
            FinishReason reason,
            Optional<List<TokenLogProb>> logProbs,
            List<Integer> ends,
            Optional<Embedding> embedding) {
        /** A choice that is nothing but text. */
        public Choice(CharSequence text, FinishReason reason) {
            this(text, reason, Optional.empty(), List.of(), Optional.empty());
        }
    }

    /**
     * A model in the list of models.
     *
     * @param created when it began to be served, in seconds since 1970
     * @param contextLength tokens of prompt and answer together, if known
     */
    public record Model(String id, long created, OptionalInt contextLength) {}

    /** The body of a chat. */
    public static void chat(JsonBuffer out, ReplyShape shape, List<Choice> choices, Usage usage) {
        shape.head().write(out, "chat.completion");
        out.raw("\"choices\":[");
        for (int i = 0; i < choices.size(); i++) {
            var choice = choices.get(i);
            var message = Message.of(choice.text(), shape);
            out.raw(i == 0 ? "{\"index\":" : ",{\"index\":").number(i);
            out.raw(",\"message\":");
            write(out, message);
            out.raw(",\"logprobs\":");
            if (choice.logProbs().isPresent())
                new LogProbs(shape.tokenizer()).writeChat(out, choice.logProbs().get());
            else out.raw("null");
            boolean called =
                    choice.reason() == FinishReason.STOP && !message.calls().isEmpty();
            end(out, called ? FinishReason.TOOL_CALLS : choice.reason());
        }
        end(out, usage);
    }

    private static void write(JsonBuffer out, Message message) {
        out.raw("{\"role\":\"assistant\",\"content\":");
        // A model that called tools need not have said anything.
        if (message.content().isEmpty() && !message.calls().isEmpty()) out.raw("null");
        else out.string(message.content());
        out.raw(",\"refusal\":null");
        if (!message.reasoning().isEmpty()) out.raw(",\"reasoning_content\":").string(message.reasoning());
        var separator = ",\"tool_calls\":[";
        for (var call : message.calls()) {
            out.raw(separator).raw("{\"id\":").string(call.id());
            out.raw(",\"type\":\"function\",\"function\":{\"name\":").string(call.name());
            out.raw(",\"arguments\":").string(call.arguments()).raw("}}");
            separator = ",";
        }
        out.raw(message.calls().isEmpty() ? "}" : "]}");
    }

    /** The body of a completion. */
    public static void completion(JsonBuffer out, ReplyShape shape, List<Choice> choices, Usage usage) {
        shape.head().write(out, "text_completion");
        out.raw("\"choices\":[");
        for (int i = 0; i < choices.size(); i++) {
            var choice = choices.get(i);
            out.raw(i == 0 ? "{\"index\":" : ",{\"index\":").number(i);
            out.raw(",\"text\":\"")
                    .escaped(shape.echo(i))
                    .escaped(choice.text())
                    .raw("\",\"logprobs\":");
            if (choice.logProbs().isPresent())
                new LogProbs(shape.tokenizer())
                        .writeCompletion(out, choice.logProbs().get());
            else out.raw("null");
            end(out, choice.reason());
        }
        end(out, usage);
    }

    private static void end(JsonBuffer out, FinishReason reason) {
        out.raw(",\"finish_reason\":").string(reason.wireName()).raw("}");
    }

    private static void end(JsonBuffer out, Usage usage) {
        out.raw("],\"usage\":");
        writeUsage(out, usage);
        out.raw("}");
    }

    static void writeUsage(JsonBuffer out, Usage usage) {
        out.raw("{\"prompt_tokens\":").number(usage.promptTokens());
        out.raw(",\"completion_tokens\":").number(usage.completionTokens());
        out.raw(",\"total_tokens\":").number((long) usage.promptTokens() + usage.completionTokens());
        out.raw(",\"prompt_tokens_details\":{\"cached_tokens\":")
                .number(usage.cachedTokens())
                .raw("}}");
    }

    /** The body of {@code GET /v1/models}. */
    public static void models(JsonBuffer out, List<Model> models) {
        out.raw("{\"object\":\"list\",\"data\":[");
        for (int i = 0; i < models.size(); i++) {
            if (i > 0) out.raw(",");
            model(out, models.get(i));
        }
        out.raw("]}");
    }

    /** The body of {@code GET /v1/models/{id}}. */
    public static void model(JsonBuffer out, Model model) {
        out.raw("{\"id\":")
                .string(model.id())
                .raw(",\"object\":\"model\",\"created\":")
                .number(model.created());
        out.raw(",\"owned_by\":\"nacelle\"");
        if (model.contextLength().isPresent())
            out.raw(",\"max_model_len\":").number(model.contextLength().getAsInt());
        out.raw("}");
    }
}
