package dev.nacelle.template;

import java.util.List;
import java.util.Optional;

/** Goes through statements to learn which names their scope reads and writes. Inner scopes are looked into when their time comes. */
final class SymbolFinder {
    private Symbols symbols;

    SymbolFinder(Symbols symbols) {
        this.symbols = symbols;
    }

    void statements(List<Stmt> statements) {
        statements.forEach(this::statement);
    }

    private void statement(Stmt statement) {
        switch (statement) {
            case Stmt.Text _, Stmt.Break _, Stmt.Continue _, Stmt.Scope _, Stmt.Generation _ -> {}
            case Stmt.Print print -> reads(print.value());
            case Stmt.For loop -> reads(loop.items());
            case Stmt.If branch -> branches(branch);
            case Stmt.Set set -> {
                reads(set.value());
                writes(set.target());
            }
            case Stmt.SetBlock set -> writes(set.target());
            case Stmt.With with -> with.values().forEach(this::reads);
            case Stmt.Macro macro -> symbols.store(macro.name());
            case Stmt.CallBlock block -> reads(block.call());
            case Stmt.FilterBlock block -> reads(block.filter());
            case Stmt.Unavailable other -> {
                other.expressions().forEach(this::reads);
                other.stores().forEach(symbols::store);
            }
        }
    }

    private void branches(Stmt.If statement) {
        reads(statement.test());
        Symbols own = symbols;
        List<Symbols> branches = List.of(
                branch(own, statement.body()), branch(own, statement.elseIfs()), branch(own, statement.otherwise()));
        symbols = own;
        own.merge(branches);
    }

    private Symbols branch(Symbols own, List<Stmt> body) {
        Symbols branch = own.copy();
        symbols = branch;
        statements(body);
        return branch;
    }

    void reads(Expr expression) {
        if (expression instanceof Expr.Name name) symbols.load(name.name());
        expression.children().forEach(this::reads);
    }

    void writes(Target target) {
        switch (target) {
            case Target.Variable variable -> symbols.store(variable.name());
            case Target.Field field -> symbols.load(field.namespace());
            case Target.Several several -> several.targets().forEach(this::writes);
        }
    }

    void parameters(Target target) {
        switch (target) {
            case Target.Variable variable -> symbols.parameter(variable.name());
            case Target.Field field -> symbols.load(field.namespace());
            case Target.Several several -> several.targets().forEach(this::parameters);
        }
    }

    void macro(Stmt.Signature signature, List<Stmt> body) {
        signature.parameters().forEach(symbols::parameter);
        signature.defaults().forEach(this::reads);
        statements(body);
    }

    void filterBlock(Optional<Expr.Filter> filter, List<Stmt> body) {
        statements(body);
        filter.ifPresent(this::reads);
    }
}
