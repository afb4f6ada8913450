package dev.nacelle.frontend.parser;

import java.util.function.Predicate;

/**
 * Reads one call written as {@code {"name": …, "arguments": …}} (or {@code parameters}), character by character: the name
 * once it is complete, then the arguments as they come. Until the name is known, what was read is kept, as it may turn out
 * to be no call.
 */
final class CallObject {
    private static final int NAME_CHARS_MAX = 256;

    /** How far it is. */
    enum Progress {
        MORE,
        /** The object's last character was read. */
        DONE,
        /** It is no call; {@link #raw} is what was read of it. */
        BROKEN
    }

    private enum State {
        START,
        BETWEEN,
        KEY,
        COLON,
        NAME,
        ARGUMENTS,
        ARGUMENTS_TEXT,
        OTHER
    }

    private final Predicate<String> isTool;
    private final StringBuilder raw = new StringBuilder();
    private final StringBuilder key = new StringBuilder();
    private final StringBuilder name = new StringBuilder();
    private final StringBuilder early = new StringBuilder(); // arguments before the name
    private final StringBuilder unescaped = new StringBuilder();
    private final JsonText value = new JsonText();
    private JsonString string = new JsonString();
    private State state = State.START;
    private boolean named;
    private boolean argued;

    /** @param isTool whether a call may have that name */
    CallObject(Predicate<String> isTool) {
        this.isTool = isTool;
    }

    /** What was read, when it is no call. */
    CharSequence raw() {
        return raw;
    }

    /** Whether the call was passed on. */
    boolean isNamed() {
        return named;
    }

    Progress accept(char c, PartBuffer parts, OutputParts out) {
        if (!named) raw.append(c);
        return switch (state) {
            case START -> c == '{' ? to(State.BETWEEN) : JsonText.isSpace(c) ? Progress.MORE : Progress.BROKEN;
            case BETWEEN -> between(c, parts, out);
            case KEY -> {
                if (string.accept(c, key)) yield to(State.COLON);
                yield key.length() > NAME_CHARS_MAX ? Progress.BROKEN : Progress.MORE;
            }
            case COLON -> colon(c, parts, out);
            case NAME -> name(c, parts, out);
            case ARGUMENTS -> arguments(c, parts, out);
            case ARGUMENTS_TEXT -> argumentsText(c, parts, out);
            case OTHER -> other(c, parts, out);
        };
    }

    private Progress to(State next) {
        state = next;
        return Progress.MORE;
    }

    private Progress between(char c, PartBuffer parts, OutputParts out) {
        if (c == '}') return close(parts, out);
        if (c == '"') {
            key.setLength(0);
            string = new JsonString();
            return to(State.KEY);
        }
        // Behind a name the call has begun, and what does not belong there is passed over.
        return c == ',' || JsonText.isSpace(c) || named ? Progress.MORE : Progress.BROKEN;
    }

    private Progress close(PartBuffer parts, OutputParts out) {
        if (!named) return Progress.BROKEN;
        if (!argued) parts.arguments("{}", out);
        return Progress.DONE;
    }

    private Progress colon(char c, PartBuffer parts, OutputParts out) {
        if (c == ':' || JsonText.isSpace(c)) return Progress.MORE;
        value.reset();
        if (!named && "name".contentEquals(key)) {
            if (c != '"') return Progress.BROKEN;
            string = new JsonString();
            return to(State.NAME);
        }
        boolean isArguments = "arguments".contentEquals(key) || "parameters".contentEquals(key);
        if (!isArguments || argued) {
            state = State.OTHER;
            return other(c, parts, out);
        }
        argued = true;
        if (c == '"') { // the JSON as a text of JSON
            string = new JsonString();
            return to(State.ARGUMENTS_TEXT);
        }
        state = State.ARGUMENTS;
        return arguments(c, parts, out);
    }

    private Progress name(char c, PartBuffer parts, OutputParts out) {
        if (!string.accept(c, name)) return name.length() > NAME_CHARS_MAX ? Progress.BROKEN : Progress.MORE;
        var text = name.toString();
        if (text.isEmpty() || !isTool.test(text)) return Progress.BROKEN;
        named = true;
        raw.setLength(0);
        parts.toolCall(text, out);
        parts.arguments(early, out);
        early.setLength(0);
        return to(State.BETWEEN);
    }

    private Progress arguments(char c, PartBuffer parts, OutputParts out) {
        switch (value.accept(c)) {
            case BEFORE -> {}
            case INSIDE -> argument(c, parts, out);
            case LAST -> {
                argument(c, parts, out);
                state = State.BETWEEN;
            }
            case BEHIND -> {
                state = State.BETWEEN;
                return between(c, parts, out);
            }
        }
        return Progress.MORE;
    }

    private Progress argumentsText(char c, PartBuffer parts, OutputParts out) {
        if (string.accept(c, unescaped)) state = State.BETWEEN;
        for (int i = 0; i < unescaped.length(); i++) argument(unescaped.charAt(i), parts, out);
        unescaped.setLength(0);
        return Progress.MORE;
    }

    private void argument(char c, PartBuffer parts, OutputParts out) {
        if (named) parts.arguments(c, out);
        else early.append(c);
    }

    private Progress other(char c, PartBuffer parts, OutputParts out) {
        switch (value.accept(c)) {
            case BEFORE, INSIDE -> {}
            case LAST -> state = State.BETWEEN;
            case BEHIND -> {
                state = State.BETWEEN;
                return between(c, parts, out);
            }
        }
        return Progress.MORE;
    }
}
