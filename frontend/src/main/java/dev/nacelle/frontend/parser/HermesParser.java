package dev.nacelle.frontend.parser;

/** Calls as Hermes, Qwen and others write them: {@code <tool_call>{"name": …, "arguments": …}</tool_call>}. */
final class HermesParser implements OutputParser {
    static final String OPEN = "<tool_call>";
    static final String CLOSE = "</tool_call>";

    private final PartBuffer parts = new PartBuffer();
    private final Marks marks = new Marks(OPEN, CLOSE);
    private final StringBuilder space = new StringBuilder(); // white space before a call is none of the answer's
    private boolean called; // white space behind a call likewise
    private CallObject call = new CallObject(_ -> true);
    private boolean inCall;

    @Override
    public void accept(CharSequence text, OutputParts out) {
        for (int i = 0; i < text.length(); i++) accept(text.charAt(i), out);
        parts.flush(out);
    }

    private void accept(char c, OutputParts out) {
        if (inCall) {
            inCall(c, out);
            return;
        }
        int mark = marks.accept(c);
        text(marks.free(), out);
        if (mark == 0) {
            inCall = true;
            call = new CallObject(_ -> true);
        } else if (mark == 1 && !called) {
            text(CLOSE, out);
        }
    }

    private void inCall(char c, OutputParts out) {
        var progress = call.accept(c, parts, out);
        if (call.isNamed()) {
            space.setLength(0);
            called = true;
        }
        switch (progress) {
            case MORE -> {}
            case DONE -> inCall = false;
            case BROKEN -> {
                inCall = false;
                text(OPEN, out);
                // It may begin a call that is none of those broken: read it again as text.
                var raw = call.raw().toString();
                for (int i = 0; i < raw.length(); i++) accept(raw.charAt(i), out);
            }
        }
    }

    private void text(CharSequence text, OutputParts out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isWhitespace(c)) {
                if (!called) space.append(c);
                continue;
            }
            parts.content(space, out);
            space.setLength(0);
            called = false;
            parts.content(c, out);
        }
    }

    @Override
    public void end(OutputParts out) {
        if (inCall && !call.isNamed()) {
            text(OPEN, out);
            text(call.raw(), out);
        }
        text(marks.end(), out);
        parts.content(space, out);
        space.setLength(0);
        parts.end(out);
    }
}
