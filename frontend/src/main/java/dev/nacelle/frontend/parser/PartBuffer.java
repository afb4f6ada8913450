package dev.nacelle.frontend.parser;

/** Collects characters of the same part, so that a piece of output becomes few pieces of parts. */
final class PartBuffer {
    private enum Kind {
        CONTENT,
        REASONING,
        ARGUMENTS
    }

    private final StringBuilder text = new StringBuilder();
    private Kind kind = Kind.CONTENT;

    void content(char c, OutputParts out) {
        add(Kind.CONTENT, c, out);
    }

    void content(CharSequence more, OutputParts out) {
        for (int i = 0; i < more.length(); i++) add(Kind.CONTENT, more.charAt(i), out);
    }

    void reasoning(char c, OutputParts out) {
        add(Kind.REASONING, c, out);
    }

    void arguments(char c, OutputParts out) {
        add(Kind.ARGUMENTS, c, out);
    }

    void arguments(CharSequence more, OutputParts out) {
        for (int i = 0; i < more.length(); i++) add(Kind.ARGUMENTS, more.charAt(i), out);
    }

    void toolCall(String name, OutputParts out) {
        flush(out);
        out.toolCall(name);
    }

    private void add(Kind of, char c, OutputParts out) {
        if (kind != of) {
            flush(out);
            kind = of;
        }
        text.append(c);
    }

    /** Passes on what was collected; to be called at the end of each piece of output. */
    void flush(OutputParts out) {
        int length = text.length();
        // Half a character waits for its other half.
        boolean halved = length > 0 && Character.isHighSurrogate(text.charAt(length - 1));
        flush(halved ? length - 1 : length, out);
    }

    /** The same at the output's end. */
    void end(OutputParts out) {
        flush(text.length(), out);
    }

    private void flush(int length, OutputParts out) {
        if (length == 0) return;
        var piece = length == text.length() ? text : text.subSequence(0, length);
        switch (kind) {
            case CONTENT -> out.content(piece);
            case REASONING -> out.reasoning(piece);
            case ARGUMENTS -> out.arguments(piece);
        }
        text.delete(0, length);
    }
}
