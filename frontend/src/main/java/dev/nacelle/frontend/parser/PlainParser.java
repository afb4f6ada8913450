package dev.nacelle.frontend.parser;

/** Takes everything for text. */
final class PlainParser implements OutputParser {
    @Override
    public void accept(CharSequence text, OutputParts out) {
        if (!text.isEmpty()) out.content(text);
    }

    @Override
    public void end(OutputParts out) {
        // Nothing is held back.
    }
}
