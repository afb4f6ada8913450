package dev.nacelle.template;

import dev.nacelle.template.Expr.Binary.Operator;
import dev.nacelle.template.Expr.Compare.Comparand;
import dev.nacelle.template.Expr.Passed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Parses expressions, each precedence a method, in jinja2's order: filters bind tighter than unary operators do in most languages. */
final class ExpressionParser {
    private final TokenStream tokens;
    private final ArgumentParser arguments;
    private final int depthMax;
    private int depth;

    ExpressionParser(TokenStream tokens, int depthMax) {
        this.tokens = tokens;
        this.arguments = new ArgumentParser(tokens, this::expression);
        this.depthMax = depthMax;
    }

    /** One expression, {@code a if b else c} included. */
    Expr expression() {
        if (++depth > depthMax)
            throw Fault.syntax(tokens.current().line(), "expressions nested deeper than %d".formatted(depthMax));
        try {
            return conditional();
        } finally {
            depth--;
        }
    }

    /** One expression, or several with commas between them: a tuple. */
    Expr tuple() {
        return tuple(this::expression, false);
    }

    /** Like {@link #tuple} but without {@code if … else}, which means something else there. */
    Expr tupleWithoutConditional() {
        return tuple(this::or, false);
    }

    private Expr tuple(Supplier<Expr> item, boolean inParentheses) {
        int line = tokens.current().line();
        List<Expr> items = new ArrayList<>();
        boolean several = false;
        while (true) {
            if (!items.isEmpty()) tokens.expectOperator(",");
            if (atTupleEnd()) break;
            items.add(item.get());
            if (!tokens.atOperator(",")) break;
            several = true;
        }
        if (!several && !items.isEmpty()) return items.getFirst();
        if (!several && !inParentheses) {
            throw Fault.syntax(
                    line,
                    "Expected an expression, got '%s'"
                            .formatted(tokens.current().describe()));
        }
        return new Expr.TupleLiteral(line, List.copyOf(items));
    }

    boolean atTupleEnd() {
        return tokens.at(Token.Kind.VARIABLE_END) || tokens.at(Token.Kind.BLOCK_END) || tokens.atOperator(")");
    }

    private Expr conditional() {
        int line = tokens.current().line();
        Expr value = or();
        while (tokens.skipName("if")) {
            Expr test = or();
            Optional<Expr> otherwise = tokens.skipName("else") ? Optional.of(expression()) : Optional.empty();
            value = new Expr.Conditional(line, test, value, otherwise);
        }
        return value;
    }

    private Expr or() {
        Expr left = and();
        while (tokens.atName("or")) {
            int line = tokens.next().line();
            left = new Expr.Binary(line, Operator.OR, left, and());
        }
        return left;
    }

    private Expr and() {
        Expr left = not();
        while (tokens.atName("and")) {
            int line = tokens.next().line();
            left = new Expr.Binary(line, Operator.AND, left, not());
        }
        return left;
    }

    private Expr not() {
        if (!tokens.atName("not")) return compare();
        int line = tokens.next().line();
        return nested(() -> new Expr.Unary(line, Expr.Unary.Sign.NOT, not()));
    }

    private Expr nested(Supplier<Expr> parse) {
        if (++depth > depthMax)
            throw Fault.syntax(tokens.current().line(), "expressions nested deeper than %d".formatted(depthMax));
        try {
            return parse.get();
        } finally {
            depth--;
        }
    }

    private Expr compare() {
        int line = tokens.current().line();
        Expr first = sum();
        List<Comparand> rest = new ArrayList<>();
        for (var operator = comparison(); operator.isPresent(); operator = comparison()) {
            rest.add(new Comparand(operator.get(), sum()));
        }
        return rest.isEmpty() ? first : new Expr.Compare(line, first, List.copyOf(rest));
    }

    private Optional<Comparison> comparison() {
        Token token = tokens.current();
        if (token.kind() == Token.Kind.NAME) {
            if (tokens.skipName("in")) return Optional.of(Comparison.IN);
            if (!token.text().equals("not") || !tokens.following().isName("in")) return Optional.empty();
            tokens.next();
            tokens.next();
            return Optional.of(Comparison.NOT_IN);
        }
        if (token.kind() != Token.Kind.OPERATOR) return Optional.empty();
        Optional<Comparison> found = switch (token.text()) {
            case "==" -> Optional.of(Comparison.EQUAL);
            case "!=" -> Optional.of(Comparison.NOT_EQUAL);
            case "<" -> Optional.of(Comparison.LESS);
            case "<=" -> Optional.of(Comparison.LESS_OR_EQUAL);
            case ">" -> Optional.of(Comparison.GREATER);
            case ">=" -> Optional.of(Comparison.GREATER_OR_EQUAL);
            default -> Optional.empty();
        };
        if (found.isPresent()) tokens.next();
        return found;
    }

    private Expr sum() {
        Expr left = concat();
        while (tokens.atOperator("+") || tokens.atOperator("-")) {
            Token token = tokens.next();
            left = new Expr.Binary(
                    token.line(), token.text().equals("+") ? Operator.ADD : Operator.SUBTRACT, left, concat());
        }
        return left;
    }

    private Expr concat() {
        int line = tokens.current().line();
        Expr first = product();
        if (!tokens.atOperator("~")) return first;
        List<Expr> parts = new ArrayList<>();
        parts.add(first);
        while (tokens.skipOperator("~")) parts.add(product());
        return new Expr.Concat(line, List.copyOf(parts));
    }

    private Expr product() {
        Expr left = power();
        while (true) {
            Token token = tokens.current();
            if (token.kind() != Token.Kind.OPERATOR) return left;
            Optional<Operator> operator = switch (token.text()) {
                case "*" -> Optional.of(Operator.MULTIPLY);
                case "/" -> Optional.of(Operator.DIVIDE);
                case "//" -> Optional.of(Operator.FLOOR_DIVIDE);
                case "%" -> Optional.of(Operator.MODULO);
                default -> Optional.empty();
            };
            if (operator.isEmpty()) return left;
            tokens.next();
            left = new Expr.Binary(token.line(), operator.get(), left, power());
        }
    }

    /** Left to right, unlike Python. */
    private Expr power() {
        Expr left = unary(true);
        while (tokens.atOperator("**")) {
            int line = tokens.next().line();
            left = new Expr.Binary(line, Operator.POWER, left, unary(true));
        }
        return left;
    }

    private Expr unary(boolean withFilter) {
        Token token = tokens.current();
        Expr value;
        if (token.isOperator("-") || token.isOperator("+")) {
            tokens.next();
            var operator = token.text().equals("-") ? Expr.Unary.Sign.NEGATIVE : Expr.Unary.Sign.POSITIVE;
            value = nested(() -> new Expr.Unary(token.line(), operator, unary(false)));
        } else {
            value = primary();
        }
        value = postfix(value);
        return withFilter ? filtersAndTests(value) : value;
    }

    Expr primary() {
        Token token = tokens.current();
        int line = token.line();
        return switch (token.kind()) {
            case NAME -> {
                tokens.next();
                yield switch (token.text()) {
                    case "true", "True" -> new Expr.Const(line, true);
                    case "false", "False" -> new Expr.Const(line, false);
                    case "none", "None" -> new Expr.Const(line, None.NONE);
                    default -> new Expr.Name(line, token.text());
                };
            }
            case STRING -> {
                var text = new StringBuilder();
                while (tokens.at(Token.Kind.STRING)) text.append(tokens.next().value());
                yield new Expr.Const(line, text.toString());
            }
            case INTEGER, FLOAT -> {
                tokens.next();
                yield new Expr.Const(line, token.value());
            }
            default -> bracketed(token);
        };
    }

    private Expr bracketed(Token token) {
        if (token.isOperator("(")) {
            tokens.next();
            Expr inside = tuple(this::expression, true);
            tokens.expectOperator(")");
            return inside;
        }
        if (token.isOperator("[")) return new Expr.ListLiteral(token.line(), items("[", "]", this::expression));
        if (token.isOperator("{")) return dict();
        throw Fault.syntax(token.line(), "unexpected '%s'".formatted(token.describe()));
    }

    private List<Expr> items(String open, String close, Supplier<Expr> item) {
        tokens.expectOperator(open);
        List<Expr> items = new ArrayList<>();
        while (!tokens.atOperator(close)) {
            if (!items.isEmpty()) tokens.expectOperator(",");
            if (tokens.atOperator(close)) break;
            items.add(item.get());
        }
        tokens.expectOperator(close);
        return List.copyOf(items);
    }

    private Expr dict() {
        int line = tokens.current().line();
        List<Expr> keysAndValues = new ArrayList<>();
        items("{", "}", () -> {
            Expr key = expression();
            tokens.expectOperator(":");
            keysAndValues.add(key);
            keysAndValues.add(expression());
            return key;
        });
        return new Expr.DictLiteral(line, List.copyOf(keysAndValues));
    }

    private Expr postfix(Expr start) {
        Expr value = start;
        while (true) {
            if (tokens.atOperator(".")) value = attribute(value);
            else if (tokens.atOperator("[")) value = item(value);
            else if (tokens.atOperator("(")) value = call(value);
            else return value;
        }
    }

    private Expr filtersAndTests(Expr start) {
        Expr value = start;
        while (true) {
            if (tokens.atOperator("|")) {
                tokens.next();
                value = filter(Optional.of(value));
            } else if (tokens.atName("is")) value = test(value);
            else if (tokens.atOperator("(")) value = call(value);
            else return value;
        }
    }

    private Expr attribute(Expr owner) {
        int line = tokens.next().line();
        Token name = tokens.next();
        return switch (name.kind()) {
            case NAME -> new Expr.Attribute(line, owner, name.text());
            case INTEGER -> new Expr.Item(line, owner, new Expr.Const(name.line(), name.value()));
            default -> throw Fault.syntax(name.line(), "expected name or number");
        };
    }

    private Expr item(Expr owner) {
        int line = tokens.next().line();
        List<Expr> keys = new ArrayList<>();
        while (!tokens.atOperator("]")) {
            if (!keys.isEmpty()) tokens.expectOperator(",");
            keys.add(subscript());
        }
        tokens.expectOperator("]");
        return new Expr.Item(
                line, owner, keys.size() == 1 ? keys.getFirst() : new Expr.TupleLiteral(line, List.copyOf(keys)));
    }

    private Expr subscript() {
        int line = tokens.current().line();
        Optional<Expr> start = Optional.empty();
        if (!tokens.atOperator(":")) {
            Expr value = expression();
            if (!tokens.atOperator(":")) return value;
            start = Optional.of(value);
        }
        tokens.expectOperator(":");
        Optional<Expr> stop = tokens.atOperator(":") ? Optional.empty() : sliceBound();
        Optional<Expr> step = tokens.skipOperator(":") ? sliceBound() : Optional.empty();
        return new Expr.Slice(line, start, stop, step);
    }

    private Optional<Expr> sliceBound() {
        return tokens.atOperator("]") || tokens.atOperator(",") ? Optional.empty() : Optional.of(expression());
    }

    private Expr.Call call(Expr callee) {
        return new Expr.Call(tokens.current().line(), callee, arguments.passed());
    }

    /** A filter and those after it; the current token is its name. */
    Expr.Filter filter(Optional<Expr> input) {
        Expr.Filter filter = oneFilter(input);
        while (tokens.skipOperator("|")) filter = oneFilter(Optional.of(filter));
        return filter;
    }

    private Expr.Filter oneFilter(Optional<Expr> input) {
        int line = tokens.current().line();
        String name = dottedName();
        return new Expr.Filter(line, input, name, tokens.atOperator("(") ? arguments.passed() : Passed.NOTHING);
    }

    private String dottedName() {
        var name = new StringBuilder(tokens.expect(Token.Kind.NAME).text());
        while (tokens.skipOperator("."))
            name.append('.').append(tokens.expect(Token.Kind.NAME).text());
        return name.toString();
    }

    private Expr test(Expr value) {
        int line = tokens.next().line();
        boolean negated = tokens.skipName("not");
        String name = dottedName();
        Passed passed = Passed.NOTHING;
        if (tokens.atOperator("(")) {
            passed = arguments.passed();
        } else if (atTestArgument()) {
            if (tokens.atName("is"))
                throw Fault.syntax(tokens.current().line(), "You cannot chain multiple tests with is");
            passed = new Passed(List.of(postfix(primary())), List.of(), Optional.empty(), Optional.empty());
        }
        Expr test = new Expr.Test(line, value, name, passed);
        return negated ? new Expr.Unary(line, Expr.Unary.Sign.NOT, test) : test;
    }

    private boolean atTestArgument() {
        Token token = tokens.current();
        return switch (token.kind()) {
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.isOperator("[") || token.isOperator("{");
            default -> false;
        };
    }
}
