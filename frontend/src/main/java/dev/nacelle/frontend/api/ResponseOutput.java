package dev.nacelle.frontend.api;

import dev.nacelle.frontend.parser.OutputParser;
import dev.nacelle.frontend.parser.OutputParts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The output of {@code /v1/responses}: items, one after the other, each open until the next begins. */
final class ResponseOutput implements OutputParts {
    /** Hears how the items grow. */
    interface Listener {
        void opened(Item item);

        void grew(Item item, CharSequence delta);

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
     */
    record Item(Kind kind, int index, String id, String callId, String name, StringBuilder text) {
        void write(JsonBuffer out, boolean complete) {
            var status = complete ? "completed" : "in_progress";
            out.raw("{\"id\":").string(id);
            switch (kind) {
                case MESSAGE -> {
                    out.raw(",\"type\":\"message\",\"status\":").string(status);
                    out.raw(",\"role\":\"assistant\",\"content\":[");
                    if (complete) writePart(out);
                    out.raw("]}");
                }
                case REASONING -> {
                    out.raw(",\"type\":\"reasoning\",\"summary\":[],\"content\":[");
                    if (complete) writePart(out);
                    out.raw("]}");
                }
                case CALL -> {
                    out.raw(",\"type\":\"function_call\",\"status\":").string(status);
                    out.raw(",\"call_id\":").string(callId).raw(",\"name\":").string(name);
                    out.raw(",\"arguments\":").string(complete ? text : "").raw("}");
                }
            }
        }

        void writePart(JsonBuffer out) {
            writePart(out, text);
        }

        void writePart(JsonBuffer out, CharSequence says) {
            if (kind == Kind.REASONING)
                out.raw("{\"type\":\"reasoning_text\",\"text\":").string(says).raw("}");
            else
                out.raw("{\"type\":\"output_text\",\"text\":").string(says).raw(",\"annotations\":[],\"logprobs\":[]}");
        }
    }

    private final ReplyShape shape;
    private final Listener listener;
    private final Optional<OutputParser> parser;
    private final List<Item> items = new ArrayList<>();
    private @Nullable Item open;
    private boolean called;
    private boolean dropping;

    ResponseOutput(ReplyShape shape, Listener listener) {
        this.shape = shape;
        this.listener = listener;
        parser = shape.parsers().get();
    }

    void accept(CharSequence text) {
        if (parser.isPresent()) parser.get().accept(text, this);
        else if (!text.isEmpty()) content(text);
    }

    void end() {
        parser.ifPresent(parts -> parts.end(this));
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
        if (item == null || item.kind() != kind) item = open(kind, "", "");
        item.text().append(delta);
        listener.grew(item, delta);
    }

    private Item open(Kind kind, String callId, String name) {
        close();
        var id = "%s%s_%d".formatted(kind.prefix, shape.head().id(), items.size());
        var item = new Item(kind, items.size(), id, callId, name, new StringBuilder());
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
