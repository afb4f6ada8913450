package dev.nacelle.frontend.parser;

/** The output of an engine that was held to calls: an array of objects with name and parameters. */
final class ForcedCallsParser implements OutputParser {
    private final PartBuffer parts = new PartBuffer();
    private final CallArray array = new CallArray();
    private boolean over;

    @Override
    public void accept(CharSequence text, OutputParts out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (over) parts.content(c, out);
            else
                switch (array.accept(c, parts, out)) {
                    case MORE -> {}
                    case DONE -> over = true;
                    case BROKEN -> {
                        over = true;
                        parts.content(array.raw(), out);
                    }
                }
        }
        parts.flush(out);
    }

    @Override
    public void end(OutputParts out) {
        if (!over) parts.content(array.rest(), out);
        parts.end(out);
    }
}
