package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.text.Detokenizer;
import dev.nacelle.frontend.text.StopMatcher;

/**
 * One choice's text on its way out: tokens become characters, and what could still become a stop string is held back.
 * For one thread at a time.
 */
final class ChoiceText {
    private final Detokenizer detokenizer;
    private final StopMatcher stops;
    /** Nothing looks at the characters: they are ready as they come. */
    private final boolean plain;

    private final int minTokens;
    private final StringBuilder characters = new StringBuilder();
    private final StringBuilder ready = new StringBuilder();
    private int tokens;
    private boolean stopped;

    /**
     * A choice that has said nothing yet.
     *
     * @param minTokens tokens before which no stop string counts
     */
    ChoiceText(Detokenizer detokenizer, StopMatcher stops, int minTokens) {
        this.detokenizer = detokenizer;
        this.stops = stops;
        plain = stops.isEmpty();
        this.minTokens = minTokens;
    }

    /** Reads a little of what {@link #token} will read. */
    int touch() {
        return ready.capacity() + detokenizer.touch();
    }

    /** Takes the next token. */
    void token(int id) {
        if (stopped) return;
        if (plain) {
            detokenizer.append(id, ready);
            return;
        }
        detokenizer.append(id, characters);
        pass(++tokens <= minTokens);
    }

    /** Takes the next text, from an engine that makes text. */
    void text(String text) {
        if (stopped) return;
        characters.append(text);
        pass(false);
    }

    /** Ends the text: what was held back is ready. */
    void end() {
        if (stopped) return;
        detokenizer.flush(characters);
        pass(false);
        if (!stopped) stops.flush(ready);
    }

    /** What may go out; the caller takes it and clears it. */
    StringBuilder ready() {
        return ready;
    }

    /** Whether a stop string was found: nothing comes after it. */
    boolean isStopped() {
        return stopped;
    }

    private void pass(boolean unchecked) {
        if (unchecked) ready.append(characters);
        else stopped = stops.append(characters, ready);
        characters.setLength(0);
    }
}
