package dev.nacelle.template;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which of some special names ({@code loop}, {@code caller}, …) statements read before they write them. Goes into everything
 * inside, in jinja2's order.
 */
final class FreeNames {
    private final Set<String> open;
    private final Set<String> found = new HashSet<>();

    private FreeNames(Set<String> names) {
        this.open = new HashSet<>(names);
    }

    static Set<String> among(Set<String> names, List<Stmt> statements) {
        var finder = new FreeNames(names);
        finder.statements(statements);
        return finder.found;
    }

    /** Whether statements write to a variable of that name. */
    static boolean writes(String name, List<Stmt> statements) {
        return statements.stream().anyMatch(statement -> switch (statement) {
            case Stmt.Set set -> writes(name, set.target());
            case Stmt.SetBlock set -> writes(name, set.target()) || writes(name, set.body());
            case Stmt.For loop ->
                writes(name, loop.target()) || writes(name, loop.body()) || writes(name, loop.otherwise());
            case Stmt.If branch ->
                writes(name, branch.body()) || writes(name, branch.elseIfs()) || writes(name, branch.otherwise());
            case Stmt.With with -> writes(name, with.body());
            case Stmt.Macro macro -> writes(name, macro.body());
            case Stmt.CallBlock block -> writes(name, block.body());
            case Stmt.Generation block -> writes(name, block.body());
            case Stmt.FilterBlock block -> writes(name, block.body());
            case Stmt.Scope block -> writes(name, block.body());
            case Stmt.Text _, Stmt.Print _, Stmt.Break _, Stmt.Continue _, Stmt.Unavailable _ -> false;
        });
    }

    static boolean writes(String name, Target target) {
        return switch (target) {
            case Target.Variable variable -> variable.name().equals(name);
            case Target.Field _ -> false;
            case Target.Several several -> several.targets().stream().anyMatch(inner -> writes(name, inner));
        };
    }

    private void statements(List<Stmt> statements) {
        statements.forEach(this::statement);
    }

    private void statement(Stmt statement) {
        switch (statement) {
            case Stmt.Text _, Stmt.Break _, Stmt.Continue _ -> {}
            case Stmt.Print print -> reads(print.value());
            case Stmt.For loop -> {
                writes(loop.target());
                reads(loop.items());
                statements(loop.body());
                statements(loop.otherwise());
                loop.test().ifPresent(this::reads);
            }
            case Stmt.If branch -> {
                reads(branch.test());
                statements(branch.body());
                statements(branch.elseIfs());
                statements(branch.otherwise());
            }
            case Stmt.Set set -> {
                writes(set.target());
                reads(set.value());
            }
            case Stmt.SetBlock set -> {
                writes(set.target());
                set.filter().ifPresent(this::reads);
                statements(set.body());
            }
            case Stmt.With with -> {
                with.targets().forEach(this::writes);
                with.values().forEach(this::reads);
                statements(with.body());
            }
            case Stmt.Macro macro -> signature(macro.signature(), macro.body());
            case Stmt.CallBlock block -> {
                reads(block.call());
                signature(block.signature(), block.body());
            }
            case Stmt.Generation block -> statements(block.body());
            case Stmt.FilterBlock block -> {
                statements(block.body());
                reads(block.filter());
            }
            case Stmt.Scope block -> statements(block.body());
            case Stmt.Unavailable other -> other.expressions().forEach(this::reads);
        }
    }

    private void signature(Stmt.Signature signature, List<Stmt> body) {
        signature.parameters().forEach(open::remove);
        signature.defaults().forEach(this::reads);
        statements(body);
    }

    private void reads(Expr expression) {
        if (expression instanceof Expr.Name name && open.contains(name.name())) found.add(name.name());
        expression.children().forEach(this::reads);
    }

    private void writes(Target target) {
        switch (target) {
            case Target.Variable variable -> open.remove(variable.name());
            case Target.Field _ -> {}
            case Target.Several several -> several.targets().forEach(this::writes);
        }
    }
}
