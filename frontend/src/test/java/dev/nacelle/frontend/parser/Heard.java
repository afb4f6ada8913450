package dev.nacelle.frontend.parser;

import java.util.ArrayList;
import java.util.List;

/** The parts that were heard, each in one piece: {@code text:…}, {@code think:…}, {@code call name:arguments}. */
final class Heard implements OutputParts {
    private final List<String> parts = new ArrayList<>();

    static List<String> of(OutputParser parser, String... pieces) {
        var heard = new Heard();
        for (var piece : pieces) parser.accept(piece, heard);
        parser.end(heard);
        return heard.parts;
    }

    @Override
    public void content(CharSequence text) {
        add("text:", text);
    }

    @Override
    public void reasoning(CharSequence text) {
        add("think:", text);
    }

    @Override
    public void toolCall(String name) {
        parts.add("call " + name + ":");
    }

    @Override
    public void arguments(CharSequence json) {
        if (parts.isEmpty() || !parts.getLast().startsWith("call ")) throw new AssertionError("arguments of no call");
        add(parts.getLast(), json);
    }

    private void add(String kind, CharSequence text) {
        if (text.isEmpty()) throw new AssertionError("an empty piece of " + kind);
        if (!parts.isEmpty() && parts.getLast().startsWith(kind)) parts.addLast(parts.removeLast() + text);
        else parts.add(kind + text);
    }
}
