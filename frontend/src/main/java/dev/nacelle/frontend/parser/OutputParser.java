package dev.nacelle.frontend.parser;

/**
 * Takes one choice's text apart while it comes. Holds back what could still become a mark; constant amortised time and no
 * garbage a character, but for the calls themselves. Whatever is not as its format says passes as text: nothing is lost and
 * nothing thrown. For one thread at a time.
 */
public interface OutputParser {
    /** Takes the next piece of the output. */
    void accept(CharSequence text, OutputParts out);

    /** The output ends: what was held back comes out. */
    void end(OutputParts out);
}
