package dev.nacelle.frontend.parser;

import java.util.Set;

/**
 * Calls as a Python list, {@code [weather(city='Bath'), time()]}, which is the whole output; Llama 4 puts it between
 * {@code <|python_start|>} and {@code <|python_end|>}. A call comes out once it is complete. As an answer may be a list too,
 * only names of known tools count.
 */
final class PythonicParser implements OutputParser {
    static final String START = "<|python_start|>";
    static final String END = "<|python_end|>";

    private enum State {
        START,
        LIST,
        TEXT
    }

    private final Set<String> tools;
    private final PartBuffer parts = new PartBuffer();
    private final Marks marks = new Marks(START, END);
    private final StringBuilder before = new StringBuilder(); // read before the first call, while there may be none
    private final StringBuilder call = new StringBuilder();
    private State state = State.START;
    private int depth;
    private char quote; // of the string it stands in, else 0
    private boolean escaped;
    private boolean called;
    private boolean behind; // nothing but white space since the list

    PythonicParser(Set<String> tools) {
        this.tools = tools;
    }

    @Override
    public void accept(CharSequence text, OutputParts out) {
        for (int i = 0; i < text.length(); i++) {
            int mark = marks.accept(text.charAt(i));
            free(marks.free(), out);
            if (mark == 0 && !called && state == State.START) before.append(START);
            else if (mark >= 0 && !called) free(mark == 0 ? START : END, out);
        }
        parts.flush(out);
    }

    private void free(CharSequence text, OutputParts out) {
        for (int i = 0; i < text.length(); i++) free(text.charAt(i), out);
    }

    private void free(char c, OutputParts out) {
        switch (state) {
            case START -> {
                before.append(c);
                if (c == '[') state = State.LIST;
                else if (!Character.isWhitespace(c)) giveUp(out);
            }
            case LIST -> list(c, out);
            case TEXT -> {
                if (behind && Character.isWhitespace(c)) return;
                behind = false;
                parts.content(c, out);
            }
        }
    }

    private void list(char c, OutputParts out) {
        if (call.isEmpty() && (Character.isWhitespace(c) || c == ',' || c == ']')) {
            if (!called) before.append(c);
            if (c == ']') {
                state = State.TEXT;
                behind = called;
                if (!called) giveUp(out);
            }
            return;
        }
        call.append(c);
        if (quote != 0) {
            inString(c);
            return;
        }
        switch (c) {
            case '\'', '"' -> quote = c;
            case '(', '[', '{' -> {
                if (depth == 0 && (c != '(' || !tools.contains(nameOf(call)))) giveUp(out);
                else depth++;
            }
            case ')', ']', '}' -> {
                if (--depth == 0) complete(out);
                else if (depth < 0) giveUp(out);
            }
            default -> {
                if (depth == 0 && !isOfName(c)) giveUp(out);
            }
        }
    }

    private static String nameOf(StringBuilder call) {
        return call.substring(0, call.length() - 1).strip();
    }

    private static boolean isOfName(char c) {
        return Character.isLetterOrDigit(c) || Character.isWhitespace(c) || "_.-".indexOf(c) >= 0;
    }

    private void inString(char c) {
        if (escaped) escaped = false;
        else if (c == '\\') escaped = true;
        else if (c == quote) quote = 0;
    }

    private void complete(OutputParts out) {
        var parsed = PythonCall.of(call.toString());
        if (parsed.isEmpty()) {
            giveUp(out);
            return;
        }
        call.setLength(0);
        before.setLength(0);
        called = true;
        parts.toolCall(parsed.get().name(), out);
        parts.arguments(parsed.get().arguments(), out);
    }

    private void giveUp(OutputParts out) {
        state = State.TEXT;
        parts.content(before, out);
        parts.content(call, out);
        before.setLength(0);
        call.setLength(0);
    }

    @Override
    public void end(OutputParts out) {
        free(marks.end(), out);
        if (state != State.TEXT) giveUp(out);
        parts.end(out);
    }
}
