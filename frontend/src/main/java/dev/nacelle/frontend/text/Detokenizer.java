package dev.nacelle.frontend.text;

/**
 * Prints one stream of token ids as text, as they come. What was appended so far plus {@link #flush} is the text of the
 * whole sequence. Half a character is held back until the rest of it arrives; bytes that cannot become a character
 * print U+FFFD once that is certain. For one thread at a time; constant amortised time and no allocation a token.
 */
public interface Detokenizer {
    /** Appends the characters that {@code id} completes to {@code out}: none, one or many, never half a surrogate pair. */
    void append(int id, StringBuilder out);

    /** Reads a little of what {@link #append} will read, so that the processor fetches it. @return anything that depends on it */
    default int touch() {
        return 0;
    }

    /** Ends the stream: appends what was held back, as U+FFFD where it is no whole character. */
    void flush(StringBuilder out);
}
