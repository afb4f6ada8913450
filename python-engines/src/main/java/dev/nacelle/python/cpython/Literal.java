package dev.nacelle.python.cpython;

import java.util.List;
import java.util.stream.Collectors;

/** Values as Python source. */
final class Literal {
    private Literal() {}

    /** A string literal, of ASCII alone. */
    static String of(String text) {
        var literal = new StringBuilder("'");
        text.codePoints().forEach(c -> {
            if (c >= ' ' && c < 0x7F && c != '\'' && c != '\\') literal.appendCodePoint(c);
            else literal.append("\\U%08x".formatted(c));
        });
        return literal.append('\'').toString();
    }

    static String of(List<String> texts) {
        return texts.stream().map(Literal::of).collect(Collectors.joining(", ", "[", "]"));
    }
}
