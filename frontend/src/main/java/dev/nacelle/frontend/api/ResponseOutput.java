package dev.nacelle.frontend.api;

import dev.nacelle.frontend.parser.OutputParser;
import dev.nacelle.frontend.parser.OutputParts;
import dev.nacelle.spi.request.TokenLogProb;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The output of {@code /v1/responses}: items, one after the other, each open until the next begins. */
final class ResponseOutput implements OutputParts {
    /** Hears how the items grow. */
    interface Listener {
        void opened(Item item);

        /**
         * An item has more text.
         *
         * @param logProbs of the tokens that the delta came of; empty where they were not asked for
         */
        void grew(Item item, CharSequence delta, List<TokenLogProb> logProbs);

        void closed(Item item);
    }

    /** What an item is. */
    enum Kind {
        MESSAGE("msg_"),
        REASONING("rs_"),
        CALL("fc_");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    /**
     * One item.
     *
     * @param index its place in the output
     * @param callId of a call, else empty
     * @param name of a call's tool, else empty
     * @param text what it says; of a call its arguments
     * @param logProbs of a message's tokens, where they were asked for
     */
    record Item(
            Kind kind,
            int index,
            String id,
            String callId,
            String name,
            StringBuilder text,
            List<TokenLogProb> logProbs) {
        void write(JsonBuffer out, boolean complete, LogProbs writer) {
            var status = complete ? "completed" : "in_progress";
            out.raw("{\"id\":").string(id);
            switch (kind) {
                case MESSAGE -> {
                    out.raw(",\"type\":\"message\",\"status\":").string(status);
                    out.raw(",\"role\":\"assistant\",\"content\":[");
                    if (complete) writePart(out, text, logProbs, writer);
                    out.raw("]}");
                }
                case REASONING -> {
                    out.raw(",\"type\":\"reasoning\",\"summary\":[],\"content\":[");
                    if (complete) writePart(out, text, List.of(), writer);
                    out.raw("]}");
                }
                case CALL -> {
                    out.raw(",\"type\":\"function_call\",\"status\":").string(status);
                    out.raw(",\"call_id\":").string(callId).raw(",\"name\":").string(name);
                    out.raw(",\"arguments\":").string(complete ? text : "").raw("}");
                }
            }
        }

        void writePart(JsonBuffer out, CharSequence says, List<TokenLogProb> tokens, LogProbs writer) {
            if (kind == Kind.REASONING) {
                out.raw("{\"type\":\"reasoning_text\",\"text\":").string(says).raw("}");
                return;
            }
            out.raw("{\"type\":\"output_text\",\"text\":").string(says).raw(",\"annotations\":[],\"logprobs\":");
            writer.writeTokens(out, tokens);
            out.raw("}");
        }
    }

    private final ReplyShape shape;
    private final Listener listener;
    private final Optional<OutputParser> parser;
    private final List<Item> items = new ArrayList<>();
    /** Of tokens that no item has grown by yet. */
    private final List<TokenLogProb> pending = new ArrayList<>();

    private @Nullable Item open;
    private boolean called;
    private boolean dropping;

    ResponseOutput(ReplyShape shape, Listener listener) {
        this.shape = shape;
        this.listener = listener;
        parser = shape.parsers().get();
    }

    /** Takes the next piece; the log-probabilities of its tokens go to the message that it becomes a part of. */
    void accept(CharSequence text, List<TokenLogProb> tokens) {
        pending.addAll(tokens);
        accept(text);
    }

    void accept(CharSequence text) {
        if (parser.isPresent()) parser.get().accept(text, this);
        else if (!text.isEmpty()) content(text);
    }

    void end() {
        parser.ifPresent(parts -> parts.end(this));
        var last = open;
        if (last != null) claim(last); // of tokens that are no text, such as the end of it
        close();
    }

    List<Item> items() {
        return items;
    }

    @Override
    public void content(CharSequence text) {
        grow(Kind.MESSAGE, text);
    }

    @Override
    public void reasoning(CharSequence text) {
        if (shape.includeReasoning()) grow(Kind.REASONING, text);
    }

    @Override
    public void toolCall(String name) {
        dropping = !shape.parallelToolCalls() && called;
        if (dropping) return;
        called = true;
        open(Kind.CALL, CallId.random(), name);
    }

    @Override
    public void arguments(CharSequence json) {
        if (!dropping) grow(Kind.CALL, json);
    }

    private void grow(Kind kind, CharSequence delta) {
        var item = open;
        if (item == null || item.kind() != kind) {
            item = open(kind, "", "");
            keepLast(delta);
        }
        item.text().append(delta);
        listener.grew(item, delta, claim(item));
    }

    /** Of what is pending before an item's first text, only as many tokens as make that text: the rest marked its beginning. */
    private void keepLast(CharSequence text) {
        if (pending.isEmpty()) return;
        int bytes = text.toString().getBytes(StandardCharsets.UTF_8).length;
        int from = pending.size();
        while (from > 0 && bytes > 0)
            bytes -= shape.tokenizer().tokenBytes(pending.get(--from).tokenId()).length;
        pending.subList(0, from).clear();
    }

    /** What is pending belongs to what has just grown; of other items than messages nobody gets to see it. */
    private List<TokenLogProb> claim(Item item) {
        if (pending.isEmpty()) return List.of();
        var claimed = List.copyOf(pending);
        pending.clear();
        if (item.kind() != Kind.MESSAGE) return List.of();
        item.logProbs().addAll(claimed);
        return claimed;
    }

    private Item open(Kind kind, String callId, String name) {
        close();
        var id = "%s%s_%d".formatted(kind.prefix, shape.head().id(), items.size());
        var item = new Item(kind, items.size(), id, callId, name, new StringBuilder(), new ArrayList<>());
        items.add(item);
        open = item;
        listener.opened(item);
        return item;
    }

    private void close() {
        var item = open;
        open = null;
        if (item != null) listener.closed(item);
    }
}
