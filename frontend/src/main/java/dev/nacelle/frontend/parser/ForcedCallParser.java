package dev.nacelle.frontend.parser;

/** The output of an engine that was held to the arguments of one tool: all of it is the arguments. */
final class ForcedCallParser implements OutputParser {
    private final String tool;
    private final PartBuffer parts = new PartBuffer();
    private final StringBuilder space = new StringBuilder();
    private boolean begun;

    ForcedCallParser(String tool) {
        this.tool = tool;
    }

    @Override
    public void accept(CharSequence text, OutputParts out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isWhitespace(c)) {
                if (begun) space.append(c);
                continue;
            }
            if (!begun) parts.toolCall(tool, out);
            begun = true;
            parts.arguments(space, out);
            space.setLength(0);
            parts.arguments(c, out);
        }
        parts.flush(out);
    }

    @Override
    public void end(OutputParts out) {
        parts.end(out);
    }
}
