package dev.nacelle.frontend.api;

import dev.nacelle.frontend.parser.OutputParts;
import java.util.ArrayList;
import java.util.List;

/** What one choice said, whole: text, reasoning, calls. */
final class Message implements OutputParts {
    private final boolean parallel;
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final List<Call> calls = new ArrayList<>();
    private boolean dropping;

    /** One call of a tool. */
    record Call(String id, String name, StringBuilder arguments) {}

    private Message(boolean parallel) {
        this.parallel = parallel;
    }

    static Message of(CharSequence text, ReplyShape shape) {
        var message = new Message(shape.parallelToolCalls());
        var parser = shape.parsers().get();
        if (parser.isPresent()) {
            parser.get().accept(text, message);
            parser.get().end(message);
        } else {
            message.content.append(text);
        }
        if (!shape.includeReasoning()) message.reasoning.setLength(0);
        return message;
    }

    CharSequence content() {
        return content;
    }

    CharSequence reasoning() {
        return reasoning;
    }

    List<Call> calls() {
        return calls;
    }

    @Override
    public void content(CharSequence text) {
        content.append(text);
    }

    @Override
    public void reasoning(CharSequence text) {
        reasoning.append(text);
    }

    @Override
    public void toolCall(String name) {
        dropping = !parallel && !calls.isEmpty();
        if (!dropping) calls.add(new Call(CallId.random(), name, new StringBuilder()));
    }

    @Override
    public void arguments(CharSequence json) {
        if (!dropping) calls.getLast().arguments().append(json);
    }
}
