package dev.nacelle.frontend.api;

import dev.nacelle.frontend.api.ResponseOutput.Item;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The events of {@code /v1/responses}: each with its type and a number, from {@code response.created} on. */
public final class ResponseEvents implements EventRenderer, ResponseOutput.Listener {
    private final ReplyShape shape;
    private final ResponseOutput output;
    private final LogProbs logProbs;
    private @Nullable JsonBuffer to;
    private FinishReason reason = FinishReason.STOP;
    private int number;

    public ResponseEvents(ReplyShape shape) {
        this.shape = shape;
        output = new ResponseOutput(shape, this);
        logProbs = new LogProbs(shape.tokenizer());
    }

    @Override
    public void begin(JsonBuffer out) {
        whole(out, "response.created", Optional.empty(), Optional.empty());
        whole(out, "response.in_progress", Optional.empty(), Optional.empty());
    }

    @Override
    public void text(JsonBuffer out, int choice, CharSequence delta) {
        to = out;
        output.accept(delta);
    }

    @Override
    public void text(JsonBuffer out, int choice, CharSequence delta, List<TokenLogProb> tokens) {
        to = out;
        output.accept(delta, tokens);
    }

    @Override
    public void finish(JsonBuffer out, int choice, FinishReason why) {
        to = out;
        reason = why;
        output.end();
    }

    @Override
    public void end(JsonBuffer out, Usage usage) {
        whole(out, ResponseObject.ending(reason), Optional.of(reason), Optional.of(usage));
    }

    private void whole(JsonBuffer out, String type, Optional<FinishReason> why, Optional<Usage> usage) {
        open(out, type).raw(",\"response\":");
        ResponseObject.write(out, shape, why, output.items(), usage);
        out.raw("}\n\n");
    }

    private JsonBuffer open(JsonBuffer out, String type) {
        return out.raw("event: ")
                .raw(type)
                .raw("\ndata: {\"type\":")
                .string(type)
                .raw(",\"sequence_number\":")
                .number(number++);
    }

    private JsonBuffer open(String type) {
        var out = to;
        if (out == null) throw new IllegalStateException("an item of an output that was not taken");
        return open(out, type);
    }

    private JsonBuffer open(String type, Item item) {
        return open(type).raw(",\"output_index\":").number(item.index());
    }

    private JsonBuffer openIn(String type, Item item) {
        return open(type, item).raw(",\"item_id\":").string(item.id());
    }

    @Override
    public void opened(Item item) {
        var out = open("response.output_item.added", item).raw(",\"item\":");
        item.write(out, false, logProbs);
        out.raw("}\n\n");
        if (item.kind() != ResponseOutput.Kind.MESSAGE) return;
        openIn("response.content_part.added", item).raw(",\"content_index\":0,\"part\":");
        item.writePart(out, "", List.of(), logProbs);
        out.raw("}\n\n");
    }

    @Override
    public void grew(Item item, CharSequence delta, List<TokenLogProb> tokens) {
        switch (item.kind()) {
            case MESSAGE -> {
                var out = openIn("response.output_text.delta", item)
                        .raw(",\"content_index\":0,\"delta\":")
                        .string(delta)
                        .raw(",\"logprobs\":");
                logProbs.writeTokens(out, tokens);
                out.raw("}\n\n");
            }
            case REASONING ->
                openIn("response.reasoning_text.delta", item)
                        .raw(",\"content_index\":0,\"delta\":")
                        .string(delta)
                        .raw("}\n\n");
            case CALL ->
                openIn("response.function_call_arguments.delta", item)
                        .raw(",\"delta\":")
                        .string(delta)
                        .raw("}\n\n");
        }
    }

    @Override
    public void closed(Item item) {
        switch (item.kind()) {
            case MESSAGE -> {
                var text = openIn("response.output_text.done", item)
                        .raw(",\"content_index\":0,\"text\":")
                        .string(item.text())
                        .raw(",\"logprobs\":");
                logProbs.writeTokens(text, item.logProbs());
                text.raw("}\n\n");
                var out = openIn("response.content_part.done", item).raw(",\"content_index\":0,\"part\":");
                item.writePart(out, item.text(), item.logProbs(), logProbs);
                out.raw("}\n\n");
            }
            case REASONING ->
                openIn("response.reasoning_text.done", item)
                        .raw(",\"content_index\":0,\"text\":")
                        .string(item.text())
                        .raw("}\n\n");
            case CALL ->
                openIn("response.function_call_arguments.done", item)
                        .raw(",\"name\":")
                        .string(item.name())
                        .raw(",\"arguments\":")
                        .string(item.text())
                        .raw("}\n\n");
        }
        var out = open("response.output_item.done", item).raw(",\"item\":");
        item.write(out, true, logProbs);
        out.raw("}\n\n");
    }
}
