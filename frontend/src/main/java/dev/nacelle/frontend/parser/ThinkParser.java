package dev.nacelle.frontend.parser;

/**
 * Reasoning between {@code <think>} and {@code </think>}, with which the output begins; what follows is another parser's.
 * White space at the ends of either is none of it.
 */
final class ThinkParser implements OutputParser {
    static final String OPEN = "<think>";
    static final String CLOSE = "</think>";

    private enum State {
        START,
        INSIDE,
        BEHIND,
        ANSWER
    }

    private final OutputParser answer;
    private final PartBuffer parts = new PartBuffer();
    private final Marks open = new Marks(OPEN);
    private final Marks close = new Marks(CLOSE);
    private final StringBuilder space = new StringBuilder();
    private boolean thought;
    private State state = State.START;

    /**
     * @param begun whether the prompt has the opening mark already
     * @param answer takes the rest
     */
    ThinkParser(boolean begun, OutputParser answer) {
        this.answer = answer;
        if (begun) state = State.INSIDE;
    }

    @Override
    public void accept(CharSequence text, OutputParts out) {
        int i = 0;
        while (i < text.length() && state != State.ANSWER) accept(text.charAt(i++), out);
        parts.flush(out);
        if (i < text.length()) answer.accept(i == 0 ? text : text.subSequence(i, text.length()), out);
    }

    private void accept(char c, OutputParts out) {
        switch (state) {
            case START -> start(c, out);
            case INSIDE -> inside(c, out);
            case BEHIND, ANSWER -> behind(c, out);
        }
    }

    private void start(char c, OutputParts out) {
        int mark = open.accept(c);
        var free = open.free();
        for (int i = 0; i < free.length(); i++) {
            if (state == State.START && Character.isWhitespace(free.charAt(i))) {
                space.append(free.charAt(i));
            } else {
                state = State.ANSWER;
                pass(space, out);
                pass(free.subSequence(i, free.length()), out);
                return;
            }
        }
        if (mark == 0) {
            space.setLength(0);
            state = State.INSIDE;
        }
    }

    private void inside(char c, OutputParts out) {
        int mark = close.accept(c);
        reasoning(close.free(), out);
        if (mark == 0) {
            space.setLength(0);
            state = State.BEHIND;
        }
    }

    private void reasoning(CharSequence text, OutputParts out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isWhitespace(c)) {
                if (thought) space.append(c);
                continue;
            }
            for (int s = 0; s < space.length(); s++) parts.reasoning(space.charAt(s), out);
            space.setLength(0);
            parts.reasoning(c, out);
            thought = true;
        }
    }

    private void behind(char c, OutputParts out) {
        if (Character.isWhitespace(c)) return;
        state = State.ANSWER;
        pass(String.valueOf(c), out);
    }

    private void pass(CharSequence text, OutputParts out) {
        parts.flush(out);
        if (!text.isEmpty()) answer.accept(text.toString(), out);
    }

    @Override
    public void end(OutputParts out) {
        switch (state) {
            case START -> {
                pass(space, out);
                pass(open.end(), out);
            }
            case INSIDE -> reasoning(close.end(), out);
            case BEHIND, ANSWER -> {}
        }
        parts.end(out);
        answer.end(out);
    }
}
