package dev.nacelle.template;

import dev.nacelle.template.Expr.Passed;
import dev.nacelle.template.Expr.Passed.Keyword;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Parses what stands between the parentheses of a call. */
final class ArgumentParser {
    private final TokenStream tokens;
    private final Supplier<Expr> expression;

    ArgumentParser(TokenStream tokens, Supplier<Expr> expression) {
        this.tokens = tokens;
        this.expression = expression;
    }

    Passed passed() {
        int line = tokens.expectOperator("(").line();
        List<Expr> positional = new ArrayList<>();
        List<Keyword> keywords = new ArrayList<>();
        Optional<Expr> spread = Optional.empty();
        Optional<Expr> spreadKeywords = Optional.empty();
        boolean first = true;
        while (!tokens.atOperator(")")) {
            if (!first) {
                tokens.expectOperator(",");
                if (tokens.atOperator(")")) break;
            }
            first = false;
            boolean inOrder = spreadKeywords.isEmpty();
            if (tokens.skipOperator("*")) {
                inOrder &= spread.isEmpty();
                spread = Optional.of(expression.get());
            } else if (tokens.skipOperator("**")) {
                spreadKeywords = Optional.of(expression.get());
            } else if (tokens.at(Token.Kind.NAME) && tokens.following().isOperator("=")) {
                String name = tokens.next().text();
                tokens.next();
                if (keywords.stream().anyMatch(keyword -> keyword.name().equals(name))) {
                    throw Fault.syntax(line, "keyword argument repeated: " + name);
                }
                keywords.add(new Keyword(name, expression.get()));
            } else {
                inOrder &= spread.isEmpty() && keywords.isEmpty();
                positional.add(expression.get());
            }
            if (!inOrder) throw Fault.syntax(line, "invalid syntax for function call expression");
        }
        tokens.expectOperator(")");
        return new Passed(List.copyOf(positional), List.copyOf(keywords), spread, spreadKeywords);
    }
}
