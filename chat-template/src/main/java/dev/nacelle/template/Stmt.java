package dev.nacelle.template;

import java.util.List;
import java.util.Optional;

/** A statement of a template, as written. */
sealed interface Stmt {
    int line();

    record Text(int line, String text) implements Stmt {}

    record Print(int line, Expr value) implements Stmt {}

    record For(
            int line,
            Target target,
            Expr items,
            Optional<Expr> test,
            boolean recursive,
            List<Stmt> body,
            List<Stmt> otherwise)
            implements Stmt {}

    /** {@code elif} branches are themselves {@code If}s without further branches. */
    record If(int line, Expr test, List<Stmt> body, List<Stmt> elseIfs, List<Stmt> otherwise) implements Stmt {}

    record Set(int line, Target target, Expr value) implements Stmt {}

    record SetBlock(int line, Target target, Optional<Expr.Filter> filter, List<Stmt> body) implements Stmt {}

    record With(int line, List<Target> targets, List<Expr> values, List<Stmt> body) implements Stmt {}

    record Macro(int line, String name, Signature signature, List<Stmt> body) implements Stmt {}

    record CallBlock(int line, Signature signature, Expr.Call call, List<Stmt> body) implements Stmt {}

    /** {@code {% generation %}}: marks what the model itself said; renders its body, in a scope of its own. */
    record Generation(int line, List<Stmt> body) implements Stmt {}

    record FilterBlock(int line, Expr.Filter filter, List<Stmt> body) implements Stmt {}

    record Scope(int line, List<Stmt> body) implements Stmt {}

    record Break(int line) implements Stmt {}

    record Continue(int line) implements Stmt {}

    /** What needs other templates: an error when it is reached, as in jinja2 without a loader. */
    record Unavailable(int line, String tag, List<Expr> expressions, List<String> stores) implements Stmt {}

    /** Parameters of a macro; the last ones have the defaults. */
    record Signature(List<String> parameters, List<Expr> defaults) {
        static final Signature EMPTY = new Signature(List.of(), List.of());
    }
}
