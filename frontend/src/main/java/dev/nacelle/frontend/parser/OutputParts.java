package dev.nacelle.frontend.parser;

/**
 * Hears the parts of a model's output, in order. Pieces of the same part follow each other; what they say does not depend on
 * how the output was cut. Texts are valid during the call only.
 */
public interface OutputParts {
    /** The next piece of the answer's text; not empty. */
    void content(CharSequence text);

    /** The next piece of what the model thought; not empty. */
    void reasoning(CharSequence text);

    /** A call of that tool begins. */
    void toolCall(String name);

    /** The next piece of the arguments of the call that began last, as JSON; not empty. */
    void arguments(CharSequence json);
}
