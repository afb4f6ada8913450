package dev.nacelle.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Parses statements: a template to an immutable tree. */
final class Parser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final int depthMax;
    private final Deque<String> openTags = new ArrayDeque<>();

    private Parser(List<Token> tokens, int depthMax) {
        this.tokens = new TokenStream(tokens);
        this.expressions = new ExpressionParser(this.tokens, depthMax);
        this.depthMax = depthMax;
    }

    static List<Stmt> parse(String source, TemplateLimits limits) {
        return new Parser(Lexer.tokens(source), limits.depth()).statementsUntil(Set.of());
    }

    /** Statements up to a tag of these names, which becomes the current token; up to the end when there are none. */
    private List<Stmt> statementsUntil(Set<String> ends) {
        List<Stmt> statements = new ArrayList<>();
        while (true) {
            Token token = tokens.next();
            switch (token.kind()) {
                case DATA -> statements.add(new Stmt.Text(token.line(), token.text()));
                case VARIABLE_BEGIN -> {
                    int line = tokens.current().line();
                    statements.add(new Stmt.Print(line, expressions.tuple()));
                    tokens.expect(Token.Kind.VARIABLE_END);
                }
                case BLOCK_BEGIN -> {
                    Token tag = tokens.current();
                    if (tag.kind() == Token.Kind.NAME && ends.contains(tag.text())) return List.copyOf(statements);
                    statements.addAll(statement(ends));
                    tokens.expect(Token.Kind.BLOCK_END);
                }
                case END -> {
                    if (!ends.isEmpty())
                        throw Fault.syntax(token.line(), "Unexpected end of template. " + lookingFor(ends));
                    return List.copyOf(statements);
                }
                default -> throw new AssertionError(token);
            }
        }
    }

    private String lookingFor(Set<String> ends) {
        String looking = ends.isEmpty()
                ? ""
                : "Jinja was looking for the following tags: %s."
                        .formatted(ends.stream().sorted().map("'%s'"::formatted).collect(Collectors.joining(" or ")));
        String innermost = openTags.peek();
        return innermost == null
                ? looking
                : looking + " The innermost block that needs to be closed is '%s'.".formatted(innermost);
    }

    private List<Stmt> body(Set<String> ends) {
        tokens.skipOperator(":");
        tokens.expect(Token.Kind.BLOCK_END);
        return statementsUntil(ends);
    }

    private List<Stmt> bodyThrough(String end) {
        List<Stmt> body = body(Set.of(end));
        tokens.next();
        return body;
    }

    private List<Stmt> statement(Set<String> ends) {
        Token tag = tokens.current();
        if (tag.kind() != Token.Kind.NAME) throw Fault.syntax(tag.line(), "tag name expected");
        if (openTags.size() >= depthMax)
            throw Fault.syntax(tag.line(), "blocks nested deeper than %d".formatted(depthMax));
        tokens.next();
        openTags.push(tag.text());
        int line = tag.line();
        List<Stmt> parsed = switch (tag.text()) {
            case "for" -> List.of(parseFor(line));
            case "if" -> List.of(parseIf(line));
            case "set" -> List.of(parseSet(line));
            case "macro" -> List.of(parseMacro(line));
            case "call" -> List.of(parseCall(line));
            case "filter" ->
                List.of(new Stmt.FilterBlock(line, expressions.filter(Optional.empty()), bodyThrough("endfilter")));
            case "with" -> List.of(parseWith(line));
            case "print" -> parsePrint();
            case "generation" -> List.of(new Stmt.Generation(line, bodyThrough("endgeneration")));
            case "break" -> List.of(new Stmt.Break(line));
            case "continue" -> List.of(new Stmt.Continue(line));
            case "autoescape" -> List.of(parseAutoescape(line));
            case "include", "import", "from", "extends" -> List.of(parseReference(line, tag.text()));
            case "block" -> throw Fault.syntax(line, "{% block %} is not supported: a chat template has no parent");
            default -> {
                openTags.pop();
                throw Fault.syntax(
                        line,
                        "Encountered unknown tag '%s'. %s"
                                .formatted(tag.text(), lookingFor(ends))
                                .strip());
            }
        };
        openTags.pop();
        return parsed;
    }

    private Stmt parseFor(int line) {
        Target target = target(false);
        tokens.expectName("in");
        Expr items = expressions.tupleWithoutConditional();
        Optional<Expr> test = tokens.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
        boolean recursive = tokens.skipName("recursive");
        List<Stmt> body = body(Set.of("endfor", "else"));
        List<Stmt> otherwise = tokens.next().text().equals("else") ? bodyThrough("endfor") : List.of();
        return new Stmt.For(line, target, items, test, recursive, body, otherwise);
    }

    private Stmt parseIf(int line) {
        Expr test = expressions.tupleWithoutConditional();
        Set<String> ends = Set.of("elif", "else", "endif");
        List<Stmt> body = body(ends);
        List<Stmt> elseIfs = new ArrayList<>();
        Token end = tokens.next();
        while (end.isName("elif")) {
            int elifLine = tokens.current().line();
            Expr elifTest = expressions.tupleWithoutConditional();
            elseIfs.add(new Stmt.If(elifLine, elifTest, body(ends), List.of(), List.of()));
            end = tokens.next();
        }
        List<Stmt> otherwise = end.isName("else") ? bodyThrough("endif") : List.of();
        return new Stmt.If(line, test, body, List.copyOf(elseIfs), otherwise);
    }

    private Stmt parseSet(int line) {
        Target target = target(true);
        if (tokens.skipOperator("=")) return new Stmt.Set(line, target, expressions.tuple());
        Optional<Expr.Filter> filter =
                tokens.skipOperator("|") ? Optional.of(expressions.filter(Optional.empty())) : Optional.empty();
        return new Stmt.SetBlock(line, target, filter, bodyThrough("endset"));
    }

    private Stmt parseMacro(int line) {
        String name = targetName();
        Stmt.Signature signature = signature();
        return new Stmt.Macro(line, name, signature, bodyThrough("endmacro"));
    }

    private Stmt parseCall(int line) {
        Stmt.Signature signature = tokens.atOperator("(") ? signature() : Stmt.Signature.EMPTY;
        if (!(expressions.expression() instanceof Expr.Call call)) throw Fault.syntax(line, "expected call");
        return new Stmt.CallBlock(line, signature, call, bodyThrough("endcall"));
    }

    private Stmt.Signature signature() {
        tokens.expectOperator("(");
        List<String> parameters = new ArrayList<>();
        List<Expr> defaults = new ArrayList<>();
        while (!tokens.atOperator(")")) {
            if (!parameters.isEmpty()) tokens.expectOperator(",");
            int line = tokens.current().line();
            String name = targetName();
            if (parameters.contains(name))
                throw Fault.syntax(line, "duplicate argument '%s' in a macro".formatted(name));
            if (tokens.skipOperator("=")) defaults.add(expressions.expression());
            else if (!defaults.isEmpty()) throw Fault.syntax(line, "non-default argument follows default argument");
            parameters.add(name);
        }
        tokens.expectOperator(")");
        return new Stmt.Signature(List.copyOf(parameters), List.copyOf(defaults));
    }

    private Stmt parseWith(int line) {
        List<Target> targets = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!tokens.at(Token.Kind.BLOCK_END)) {
            if (!targets.isEmpty()) tokens.expectOperator(",");
            targets.add(target(false));
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        return new Stmt.With(line, List.copyOf(targets), List.copyOf(values), bodyThrough("endwith"));
    }

    private List<Stmt> parsePrint() {
        List<Stmt> prints = new ArrayList<>();
        while (!tokens.at(Token.Kind.BLOCK_END)) {
            if (!prints.isEmpty()) tokens.expectOperator(",");
            prints.add(new Stmt.Print(tokens.current().line(), expressions.expression()));
        }
        return prints;
    }

    private Stmt parseAutoescape(int line) {
        if (!(expressions.expression() instanceof Expr.Const option)
                || !option.value().equals(false)) {
            throw Fault.syntax(line, "{% autoescape %} is supported with false only: a chat template is not HTML");
        }
        return new Stmt.Scope(line, bodyThrough("endautoescape"));
    }

    private Stmt parseReference(int line, String tag) {
        List<Expr> named = List.of(expressions.expression());
        List<String> stores = new ArrayList<>();
        while (!tokens.at(Token.Kind.BLOCK_END) && !tokens.at(Token.Kind.END)) {
            Token token = tokens.next();
            if ((tag.equals("import") && token.isName("as")) || (tag.equals("from") && tokens.at(Token.Kind.NAME))) {
                stores.add(tokens.current().text());
            }
        }
        return new Stmt.Unavailable(line, tag, named, List.copyOf(stores));
    }

    private String targetName() {
        Token token = tokens.expect(Token.Kind.NAME);
        return switch (token.text()) {
            case "true", "True", "false", "False", "none", "None" ->
                throw Fault.syntax(token.line(), "can't assign to 'name'");
            default -> token.text();
        };
    }

    private Target target(boolean withNamespace) {
        int line = tokens.current().line();
        List<Target> targets = new ArrayList<>();
        boolean several = false;
        while (true) {
            if (!targets.isEmpty()) tokens.expectOperator(",");
            if (expressions.atTupleEnd()) break;
            targets.add(oneTarget(withNamespace));
            if (!tokens.atOperator(",")) break;
            several = true;
        }
        if (several) return new Target.Several(line, List.copyOf(targets));
        if (targets.isEmpty())
            throw Fault.syntax(
                    line,
                    "Expected an expression, got '%s'"
                            .formatted(tokens.current().describe()));
        return targets.getFirst();
    }

    private Target oneTarget(boolean withNamespace) {
        if (withNamespace && tokens.at(Token.Kind.NAME) && tokens.following().isOperator(".")) {
            Token namespace = tokens.next();
            tokens.next();
            return new Target.Field(
                    namespace.line(),
                    namespace.text(),
                    tokens.expect(Token.Kind.NAME).text());
        }
        return assignable(expressions.primary());
    }

    private static Target assignable(Expr expression) {
        return switch (expression) {
            case Expr.Name name -> new Target.Variable(name.line(), name.name());
            case Expr.TupleLiteral tuple ->
                new Target.Several(
                        tuple.line(),
                        tuple.items().stream().map(Parser::assignable).toList());
            default ->
                throw Fault.syntax(
                        expression.line(),
                        "can't assign to '%s'"
                                .formatted(expression.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT)));
        };
    }
}
