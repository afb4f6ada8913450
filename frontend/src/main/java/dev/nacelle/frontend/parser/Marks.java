package dev.nacelle.frontend.parser;

import java.util.List;

/** Finds marks in a text that comes character by character; what could still become one is held back. */
final class Marks {
    static final int NONE = -1;

    private final List<String> marks;
    private final StringBuilder pending = new StringBuilder();
    private final StringBuilder free = new StringBuilder();

    Marks(String... marks) {
        this.marks = List.of(marks);
    }

    /**
     * Takes the next character. What is no part of a mark is then in {@link #free}.
     *
     * @return which mark is complete, or {@link #NONE}
     */
    int accept(char c) {
        free.setLength(0);
        pending.append(c);
        while (!pending.isEmpty()) {
            int at = begun();
            if (at == NONE) {
                free.append(pending.charAt(0));
                pending.deleteCharAt(0);
            } else if (marks.get(at).length() == pending.length()) {
                pending.setLength(0);
                return at;
            } else {
                return NONE;
            }
        }
        return NONE;
    }

    /** A mark that begins with what is pending. */
    private int begun() {
        for (int i = 0; i < marks.size(); i++) {
            if (begins(marks.get(i))) return i;
        }
        return NONE;
    }

    private boolean begins(String mark) {
        int length = pending.length();
        if (length > mark.length()) return false;
        for (int i = 0; i < length; i++) if (pending.charAt(i) != mark.charAt(i)) return false;
        return true;
    }

    /** Characters that the last call set free; valid until the next. */
    CharSequence free() {
        return free;
    }

    /** Ends the search: what was pending is free. */
    CharSequence end() {
        free.setLength(0);
        free.append(pending);
        pending.setLength(0);
        return free;
    }
}
