package dev.nacelle.frontend.api;

import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the object that {@code /v1/responses} answers with. */
public final class ResponseObject {
    /** What the object has where the request left it open. */
    private static final Map<String, Object> OPEN = open();

    private ResponseObject() {}

    @SuppressWarnings("NullAway") // JSON's nulls
    private static Map<String, Object> open() {
        var open = new LinkedHashMap<String, Object>();
        open.put("instructions", null);
        open.put("max_output_tokens", null);
        open.put("metadata", Map.of());
        open.put("parallel_tool_calls", true);
        open.put("previous_response_id", null);
        open.put("reasoning", null);
        open.put("store", false);
        open.put("temperature", null);
        open.put("text", Map.of("format", Map.of("type", "text")));
        open.put("tool_choice", "auto");
        open.put("tools", List.of());
        open.put("top_logprobs", 0);
        open.put("top_p", null);
        open.put("truncation", "disabled");
        open.put("user", null);
        return open;
    }

    /** A response in one piece. */
    public static void render(JsonBuffer out, ReplyShape shape, ResponseBodies.Choice choice, Usage usage) {
        var output = new ResponseOutput(shape, new ResponseOutput.Listener() {
            @Override
            public void opened(ResponseOutput.Item item) {
                // The whole is written at the end.
            }

            @Override
            public void grew(ResponseOutput.Item item, CharSequence delta, List<TokenLogProb> logProbs) {
                // The whole is written at the end.
            }

            @Override
            public void closed(ResponseOutput.Item item) {
                // The whole is written at the end.
            }
        });
        feed(output, choice);
        output.end();
        write(out, shape, Optional.of(choice.reason()), output.items(), Optional.of(usage));
    }

    /** Token by token where there are log-probabilities, as these are shown with the item that each token is a part of. */
    private static void feed(ResponseOutput output, ResponseBodies.Choice choice) {
        var text = choice.text();
        int from = 0;
        if (choice.logProbs().isPresent()) {
            var tokens = choice.logProbs().get();
            for (int i = 0; i < tokens.size(); i++) {
                int end = choice.ends().get(i);
                output.accept(text.subSequence(from, end), List.of(tokens.get(i)));
                from = end;
            }
        }
        output.accept(text.subSequence(from, text.length()));
    }

    /** @param reason why it ended; empty while it goes on */
    static void write(
            JsonBuffer out,
            ReplyShape shape,
            Optional<FinishReason> reason,
            List<ResponseOutput.Item> items,
            Optional<Usage> usage) {
        var head = shape.head();
        var logProbs = new LogProbs(shape.tokenizer());
        out.raw("{\"id\":")
                .string(head.id())
                .raw(",\"object\":\"response\",\"created_at\":")
                .number(head.created());
        out.raw(",\"status\":")
                .string(status(reason))
                .raw(",\"background\":false,\"error\":null,\"incomplete_details\":");
        var incomplete = reason.flatMap(ResponseObject::incomplete);
        if (incomplete.isPresent())
            out.raw("{\"reason\":").string(incomplete.get()).raw("}");
        else out.raw("null");
        out.raw(",\"model\":").string(head.model()).raw(",\"output\":[");
        var separator = "";
        for (var item : items) {
            out.raw(separator);
            item.write(out, true, logProbs);
            separator = ",";
        }
        out.raw("]");
        for (var field : OPEN.entrySet())
            out.raw(",")
                    .string(field.getKey())
                    .raw(":")
                    .value(shape.said().getOrDefault(field.getKey(), field.getValue()));
        out.raw(",\"usage\":");
        if (usage.isPresent()) write(out, usage.get());
        else out.raw("null");
        out.raw("}");
    }

    private static void write(JsonBuffer out, Usage usage) {
        out.raw("{\"input_tokens\":").number(usage.promptTokens());
        out.raw(",\"input_tokens_details\":{\"cached_tokens\":").number(usage.cachedTokens());
        out.raw("},\"output_tokens\":").number(usage.completionTokens());
        out.raw(",\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":")
                .number((long) usage.promptTokens() + usage.completionTokens())
                .raw("}");
    }

    private static String status(Optional<FinishReason> reason) {
        if (reason.isEmpty()) return "in_progress";
        return incomplete(reason.get()).isPresent() ? "incomplete" : "completed";
    }

    private static Optional<String> incomplete(FinishReason reason) {
        return switch (reason) {
            case LENGTH -> Optional.of("max_output_tokens");
            case CONTENT_FILTER -> Optional.of("content_filter");
            case STOP, TOOL_CALLS, CANCELLED, ERROR -> Optional.empty();
        };
    }

    /** The name of a stream's last event. */
    static String ending(FinishReason reason) {
        return incomplete(reason).isPresent() ? "response.incomplete" : "response.completed";
    }
}
