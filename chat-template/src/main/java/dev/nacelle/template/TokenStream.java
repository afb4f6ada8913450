package dev.nacelle.template;

import java.util.List;

/** The tokens from left to right, with a look at the next one. */
final class TokenStream {
    private final List<Token> tokens;
    private int position;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(position);
    }

    Token following() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    /** Goes on, and returns the token that was current. */
    Token next() {
        Token token = current();
        if (token.kind() != Token.Kind.END) position++;
        return token;
    }

    boolean at(Token.Kind kind) {
        return current().kind() == kind;
    }

    boolean atName(String name) {
        return current().isName(name);
    }

    boolean atOperator(String operator) {
        return current().isOperator(operator);
    }

    boolean skipName(String name) {
        boolean found = atName(name);
        if (found) next();
        return found;
    }

    boolean skipOperator(String operator) {
        boolean found = atOperator(operator);
        if (found) next();
        return found;
    }

    Token expect(Token.Kind kind) {
        if (!at(kind)) throw missing(kind.description);
        return next();
    }

    Token expectName(String name) {
        if (!atName(name)) throw missing(name);
        return next();
    }

    Token expectOperator(String operator) {
        if (!atOperator(operator)) throw missing(operator);
        return next();
    }

    private Fault missing(String expected) {
        Token token = current();
        return Fault.syntax(
                token.line(),
                token.kind() == Token.Kind.END
                        ? "unexpected end of template, expected '%s'.".formatted(expected)
                        : "expected token '%s', got '%s'".formatted(expected, token.describe()));
    }
}
