package dev.nacelle.frontend.parser;

/** Finds the end of one JSON value that comes character by character. Checks no more than that takes. */
final class JsonText {
    private int depth;
    private boolean begun;
    private boolean inString;
    private boolean escaped;

    /** What a character is to the value. */
    enum Place {
        /** White space before it. */
        BEFORE,
        /** A part of it. */
        INSIDE,
        /** Its last character. */
        LAST,
        /** The first character behind it: numbers and words have no other end. */
        BEHIND
    }

    void reset() {
        depth = 0;
        begun = false;
        inString = false;
        escaped = false;
    }

    Place accept(char c) {
        if (!begun) {
            if (isSpace(c)) return Place.BEFORE;
            begun = true;
        }
        if (inString) return inString(c);
        switch (c) {
            case '"' -> inString = true;
            case '{', '[' -> depth++;
            case '}', ']' -> {
                if (depth == 0) return Place.BEHIND;
                if (--depth == 0) return Place.LAST;
            }
            default -> {
                if (depth == 0 && (c == ',' || isSpace(c))) return Place.BEHIND;
            }
        }
        return Place.INSIDE;
    }

    private Place inString(char c) {
        if (escaped) escaped = false;
        else if (c == '\\') escaped = true;
        else if (c == '"') {
            inString = false;
            if (depth == 0) return Place.LAST;
        }
        return Place.INSIDE;
    }

    static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }
}
