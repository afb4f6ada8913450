package dev.nacelle.template;

import dev.nacelle.template.Action.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns statements into something that can be run, again and again and by many threads. */
final class StatementCompiler {
    /** Where the text of a block is kept until its filter has it; no template can write such a name. */
    private static final String BLOCK_TEXT = " text";

    private final Names names = new Names();
    private final ExpressionCompiler expressions = new ExpressionCompiler(names);

    /** A whole template. */
    record Program(Action entry, Action body, int size, List<String> globals) {}

    static Program compile(List<Stmt> statements) {
        var compiler = new StatementCompiler();
        Symbols symbols = Symbols.root();
        new SymbolFinder(symbols).statements(statements);
        Action body = compiler.body(statements, Scope.of(symbols, false));
        Action entry = compiler.names.entry(symbols);
        return new Program(entry, body, symbols.unit.size(), compiler.names.globals());
    }

    Action body(List<Stmt> statements, Scope scope) {
        Action[] actions = new Action[statements.size()];
        int[] lines = new int[actions.length];
        for (int i = 0; i < actions.length; i++) {
            lines[i] = statements.get(i).line();
            try {
                actions[i] = statement(statements.get(i), scope);
            } catch (Fault fault) {
                throw fault.at(lines[i]);
            }
        }
        return new Body(actions, lines);
    }

    private Action statement(Stmt statement, Scope scope) {
        return switch (statement) {
            case Stmt.Text text -> {
                String data = text.text();
                yield frame -> {
                    frame.run.write(data);
                    return Flow.ON;
                };
            }
            case Stmt.Print print -> {
                Evaluation value = expressions.compile(print.value(), scope);
                yield frame -> {
                    value.print(frame);
                    return Flow.ON;
                };
            }
            case Stmt.For loop -> new LoopCompiler(this, expressions, names).compile(loop, scope);
            case Stmt.If branch -> branch(branch, scope.softened());
            case Stmt.Set set -> set(set, scope);
            case Stmt.SetBlock set -> setBlock(set, scope);
            case Stmt.With with -> with(with, scope);
            case Stmt.Macro macro -> macro(macro, scope);
            case Stmt.CallBlock block -> callBlock(block, scope);
            case Stmt.Generation block -> {
                Macro.Code code = code(null, Stmt.Signature.EMPTY, block.body(), scope);
                yield frame -> {
                    new Macro(code, frame).render(frame.run, Arguments.NONE);
                    return Flow.ON;
                };
            }
            case Stmt.FilterBlock block -> filterBlock(block, scope);
            case Stmt.Scope block -> {
                Symbols inner = scope.symbols().inner();
                new SymbolFinder(inner).statements(block.body());
                Action body = body(block.body(), Scope.of(inner, scope.inLoop()));
                yield after(names.entry(inner), body);
            }
            case Stmt.Break _ -> jump("break", Flow.BREAK, scope);
            case Stmt.Continue _ -> jump("continue", Flow.CONTINUE, scope);
            case Stmt.Unavailable other -> {
                String tag = other.tag();
                yield _ -> {
                    throw Fault.error("{%% %s %%}: a chat template has no other templates to load".formatted(tag));
                };
            }
        };
    }

    private static Action jump(String tag, Flow flow, Scope scope) {
        if (!scope.inLoop()) throw Fault.syntax(0, "'%s' outside loop".formatted(tag));
        return _ -> flow;
    }

    static Action after(Action entry, Action body) {
        return frame -> {
            entry.run(frame);
            return body.run(frame);
        };
    }

    private Action branch(Stmt.If statement, Scope scope) {
        int count = 1 + statement.elseIfs().size();
        Evaluation[] tests = new Evaluation[count];
        Action[] bodies = new Action[count];
        tests[0] = expressions.compile(statement.test(), scope);
        bodies[0] = body(statement.body(), scope);
        for (int i = 1; i < count; i++) {
            var next = (Stmt.If) statement.elseIfs().get(i - 1);
            tests[i] = expressions.compile(next.test(), scope);
            bodies[i] = body(next.body(), scope);
        }
        Action otherwise = body(statement.otherwise(), scope);
        if (count == 1) {
            Evaluation test = tests[0];
            Action then = bodies[0];
            return frame -> Types.truth(test.in(frame)) ? then.run(frame) : otherwise.run(frame);
        }
        return frame -> {
            for (int i = 0; i < count; i++) {
                if (Types.truth(tests[i].in(frame))) return bodies[i].run(frame);
            }
            return otherwise.run(frame);
        };
    }

    private Action set(Stmt.Set set, Scope scope) {
        Evaluation value = expressions.compile(set.value(), scope);
        Assignment target = assignment(set.target(), scope);
        return frame -> {
            target.check(frame);
            target.set(frame, value.in(frame));
            return Flow.ON;
        };
    }

    Assignment assignment(Target target, Scope scope) {
        return switch (target) {
            case Target.Variable variable -> new Assignment.ToVariable(Names.slot(variable.name(), scope));
            case Target.Field field -> new Assignment.ToField(names.read(field.namespace(), scope), field.field());
            case Target.Several several ->
                new Assignment.ToSeveral(several.targets().stream()
                        .map(inner -> assignment(inner, scope))
                        .toList());
        };
    }

    private Action setBlock(Stmt.SetBlock set, Scope scope) {
        Symbols inner = scope.symbols().inner();
        new SymbolFinder(inner).statements(set.body());
        Assignment target = assignment(set.target(), scope);
        Action block = filtered(inner, set.body(), set.filter(), scope, target::set);
        return frame -> {
            target.check(frame);
            return block.run(frame);
        };
    }

    private Action filterBlock(Stmt.FilterBlock block, Scope scope) {
        Symbols inner = scope.symbols().inner();
        new SymbolFinder(inner).filterBlock(Optional.of(block.filter()), block.body());
        return filtered(inner, block.body(), Optional.of(block.filter()), scope, StatementCompiler::write);
    }

    /** What takes the value of a block. */
    @FunctionalInterface
    private interface Receiver {
        void take(Frame frame, Object value);
    }

    private Action filtered(
            Symbols inner, List<Stmt> statements, Optional<Expr.Filter> filter, Scope outer, Receiver receiver) {
        int slot = inner.parameter(BLOCK_TEXT).index();
        Scope scope = Scope.of(inner, outer.inLoop());
        Action body = body(statements, scope);
        Evaluation text = names.read(BLOCK_TEXT, scope);
        Evaluation value =
                filter.map(found -> expressions.filter(found, scope, text)).orElse(text);
        Action entry = names.entry(inner);
        return frame -> {
            int from = frame.run.out.length();
            entry.run(frame);
            Flow flow = body.run(frame);
            frame.variables[slot] = frame.run.takeFrom(from);
            if (flow == Flow.ON) receiver.take(frame, value.in(frame));
            return flow;
        };
    }

    private static void write(Frame frame, Object value) {
        if (!Types.isText(value))
            throw Fault.error("sequence item 0: expected str instance, %s found".formatted(Types.name(value)));
        frame.run.write(Types.text(value));
    }

    private Action with(Stmt.With with, Scope scope) {
        Symbols inner = scope.symbols().inner();
        var finder = new SymbolFinder(inner);
        with.targets().forEach(finder::parameters);
        finder.statements(with.body());
        Scope within = Scope.of(inner, scope.inLoop());
        List<Assignment> targets = with.targets().stream()
                .map(target -> assignment(target, within))
                .toList();
        List<Evaluation> values = with.values().stream()
                .map(value -> expressions.compile(value, scope))
                .toList();
        Action body = body(with.body(), within);
        Action entry = names.entry(inner);
        return frame -> {
            entry.run(frame);
            for (int i = 0; i < targets.size(); i++)
                targets.get(i).set(frame, values.get(i).in(frame));
            return body.run(frame);
        };
    }

    private Action macro(Stmt.Macro macro, Scope scope) {
        Macro.Code code = code(macro.name(), macro.signature(), macro.body(), scope);
        int slot = Names.slot(macro.name(), scope);
        return frame -> {
            frame.variables[slot] = new Macro(code, frame);
            return Flow.ON;
        };
    }

    private Macro.Code code(@Nullable String name, Stmt.Signature signature, List<Stmt> body, Scope around) {
        Symbols symbols = around.symbols().innerUnit();
        new SymbolFinder(symbols).macro(signature, body);
        List<String> parameters = signature.parameters();
        Set<String> special = FreeNames.among(Set.of("caller", "kwargs", "varargs"), body);
        int required = parameters.size() - signature.defaults().size();
        int explicitCaller = parameters.indexOf("caller");
        if (special.contains("caller") && explicitCaller >= 0 && explicitCaller < required) {
            throw Fault.syntax(
                    0,
                    "When defining macros or call blocks the special \"caller\" argument must be omitted or be given a default.");
        }
        int caller = special.contains("caller") && explicitCaller < 0
                ? symbols.parameter("caller").index()
                : -1;
        int keywords = special.contains("kwargs") && !parameters.contains("kwargs")
                ? symbols.parameter("kwargs").index()
                : -1;
        int rest = special.contains("varargs") && !parameters.contains("varargs")
                ? symbols.parameter("varargs").index()
                : -1;
        new SymbolFinder(symbols).macro(signature, body);
        Scope scope = Scope.of(symbols, false);
        List<Macro.Parameter> places = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            Evaluation fallback = i < required
                    ? null
                    : expressions.compile(signature.defaults().get(i - required), scope);
            places.add(new Macro.Parameter(parameters.get(i), Names.slot(parameters.get(i), scope), fallback));
        }
        Action compiled = body(body, scope);
        return new Macro.Code(
                name, symbols.unit, List.copyOf(places), caller, keywords, rest, names.entry(symbols), compiled);
    }

    private Action callBlock(Stmt.CallBlock block, Scope scope) {
        Macro.Code code = code(null, block.signature(), block.body(), scope);
        ExpressionCompiler.Arguing passed = expressions.arguments(block.call().passed(), scope);
        int slot = scope.symbols().unit.hidden();
        Evaluation call = expressions.call(
                block.call().callee(),
                frame -> {
                    Arguments given = passed.in(frame);
                    List<String> keywords = new ArrayList<>(given.names());
                    List<Object> values = new ArrayList<>(given.values());
                    keywords.add("caller");
                    values.add(java.util.Objects.requireNonNull(frame.variables[slot]));
                    return new Arguments(given.positional(), keywords, values);
                },
                scope);
        return frame -> {
            frame.variables[slot] = new Macro(code, frame);
            write(frame, call.in(frame));
            return Flow.ON;
        };
    }
}
