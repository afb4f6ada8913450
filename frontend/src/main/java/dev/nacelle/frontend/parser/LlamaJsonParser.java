package dev.nacelle.frontend.parser;

import java.util.Set;

/**
 * Calls as Llama 3 writes them: the whole output is {@code {"name": …, "parameters": …}}, perhaps behind
 * {@code <|python_tag|>}, perhaps several with a semicolon between them. As an answer may be JSON too, only names of known
 * tools count.
 */
final class LlamaJsonParser implements OutputParser {
    static final String TAG = "<|python_tag|>";

    private enum State {
        START,
        CALL,
        BETWEEN,
        TEXT
    }

    private final Set<String> tools;
    private final PartBuffer parts = new PartBuffer();
    private final Marks marks = new Marks(TAG);
    private final StringBuilder before = new StringBuilder(); // read before a call, while it may be none
    private CallObject call;
    private State state = State.START;

    LlamaJsonParser(Set<String> tools) {
        this.tools = tools;
        call = new CallObject(tools::contains);
    }

    @Override
    public void accept(CharSequence text, OutputParts out) {
        for (int i = 0; i < text.length(); i++) accept(text.charAt(i), out);
        parts.flush(out);
    }

    private void accept(char c, OutputParts out) {
        switch (state) {
            case START, BETWEEN -> {
                if (marks.accept(c) == 0) before.append(TAG);
                var free = marks.free();
                for (int i = 0; i < free.length(); i++) begin(free.charAt(i), out);
            }
            case CALL -> call(c, out);
            case TEXT -> parts.content(c, out);
        }
    }

    private void begin(char c, OutputParts out) {
        switch (state) {
            case START, BETWEEN -> {
                if (c == '{') {
                    state = State.CALL;
                    call = new CallObject(tools::contains);
                    call(c, out);
                } else if (Character.isWhitespace(c) || (state == State.BETWEEN && (c == ';' || c == ','))) {
                    before.append(c);
                } else {
                    giveUp("", out);
                    parts.content(c, out);
                }
            }
            case CALL -> call(c, out);
            case TEXT -> parts.content(c, out);
        }
    }

    private void call(char c, OutputParts out) {
        var progress = call.accept(c, parts, out);
        if (call.isNamed()) before.setLength(0);
        switch (progress) {
            case MORE -> {}
            case DONE -> state = State.BETWEEN;
            case BROKEN -> giveUp(call.raw(), out);
        }
    }

    private void giveUp(CharSequence read, OutputParts out) {
        state = State.TEXT;
        parts.content(before, out);
        before.setLength(0);
        parts.content(read, out);
    }

    @Override
    public void end(OutputParts out) {
        var pending = marks.end();
        switch (state) {
            case START -> {
                parts.content(before, out);
                parts.content(pending, out);
            }
            // What separates calls, with none behind it.
            case BETWEEN -> parts.content(pending, out);
            case CALL -> {
                if (!call.isNamed()) giveUp(call.raw(), out);
            }
            case TEXT -> {}
        }
        parts.end(out);
    }
}
