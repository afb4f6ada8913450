package dev.nacelle.frontend.parser;

/**
 * Calls as Mistral's models write them, behind {@code [TOOL_CALLS]}: an array of objects with name and arguments, or (from
 * their 11th tokenizer on) {@code name{…}}, {@code name[ARGS]{…}} or {@code name[CALL_ID]…[ARGS]{…}}.
 */
final class MistralParser implements OutputParser {
    static final String CALLS = "[TOOL_CALLS]";
    static final String ARGS = "[ARGS]";
    static final String CALL_ID = "[CALL_ID]";

    private static final int HEAD_CHARS_MAX = 512;

    private enum State {
        TEXT,
        OPENED,
        ARRAY,
        HEAD,
        ARGUMENTS
    }

    private final PartBuffer parts = new PartBuffer();
    private final Marks marks = new Marks(CALLS);
    private final StringBuilder space = new StringBuilder();
    private final StringBuilder opened = new StringBuilder(); // read since the mark, while it may be no call
    private final StringBuilder head = new StringBuilder();
    private final JsonText value = new JsonText();
    private CallArray array = new CallArray();
    private State state = State.TEXT;
    private boolean called;

    @Override
    public void accept(CharSequence text, OutputParts out) {
        for (int i = 0; i < text.length(); i++) accept(text.charAt(i), out);
        parts.flush(out);
    }

    private void accept(char c, OutputParts out) {
        switch (state) {
            case TEXT -> {
                int mark = marks.accept(c);
                text(marks.free(), out);
                if (mark == 0) open();
            }
            case OPENED -> opened(c, out);
            case ARRAY -> array(c, out);
            case HEAD -> head(c, out);
            case ARGUMENTS -> arguments(c, out);
        }
    }

    private void open() {
        state = State.OPENED;
        opened.setLength(0);
        head.setLength(0);
        array = new CallArray();
    }

    private void opened(char c, OutputParts out) {
        if (JsonText.isSpace(c)) {
            opened.append(c);
        } else if (c == '[') {
            state = State.ARRAY;
            array(c, out);
        } else {
            state = State.HEAD;
            head(c, out);
        }
    }

    private void array(char c, OutputParts out) {
        var progress = array.accept(c, parts, out);
        if (array.isNamed()) begun();
        switch (progress) {
            case MORE -> {}
            case DONE -> state = State.TEXT;
            case BROKEN -> broken(array.raw(), out);
        }
    }

    private void head(char c, OutputParts out) {
        if (c != '{') {
            head.append(c);
            if (c == '\n' || head.length() > HEAD_CHARS_MAX) broken(head, out);
            return;
        }
        var name = head.toString();
        if (name.endsWith(ARGS)) name = name.substring(0, name.length() - ARGS.length());
        int id = name.indexOf(CALL_ID);
        if (id >= 0) name = name.substring(0, id);
        name = name.strip();
        if (name.isEmpty() || name.indexOf(' ') >= 0 || name.indexOf('[') >= 0) {
            head.append(c);
            broken(head, out);
            return;
        }
        begun();
        parts.toolCall(name, out);
        value.reset();
        state = State.ARGUMENTS;
        arguments(c, out);
    }

    private void arguments(char c, OutputParts out) {
        // It begins with a brace: its end is a character of its own.
        boolean last = value.accept(c) == JsonText.Place.LAST;
        parts.arguments(c, out);
        if (last) state = State.TEXT;
    }

    private void begun() {
        called = true;
        space.setLength(0);
        opened.setLength(0);
    }

    private void broken(CharSequence read, OutputParts out) {
        state = State.TEXT;
        var again = opened.toString() + read;
        if (!called) text(CALLS, out);
        for (int i = 0; i < again.length(); i++) accept(again.charAt(i), out);
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
        switch (state) {
            case TEXT, ARGUMENTS -> {}
            case OPENED -> text(CALLS, out);
            case ARRAY -> {
                if (!array.isNamed()) text(CALLS + opened, out);
                text(array.rest(), out);
            }
            case HEAD -> text(CALLS + opened + head, out);
        }
        text(marks.end(), out);
        parts.content(space, out);
        space.setLength(0);
        parts.end(out);
    }
}
