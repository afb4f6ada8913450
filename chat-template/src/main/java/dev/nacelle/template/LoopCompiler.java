package dev.nacelle.template;

import dev.nacelle.template.Action.Flow;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiles {@code for}. */
final class LoopCompiler {
    private final StatementCompiler statements;
    private final ExpressionCompiler expressions;
    private final Names names;

    LoopCompiler(StatementCompiler statements, ExpressionCompiler expressions, Names names) {
        this.statements = statements;
        this.expressions = expressions;
        this.names = names;
    }

    Action compile(Stmt.For loop, Scope outer) {
        if (FreeNames.writes("loop", List.of(loop))) {
            throw Fault.syntax(loop.line(), "Can't assign to special loop variable in for-loop target");
        }
        Evaluation items = expressions.compile(loop.items(), outer);
        // A recursive loop runs with variables of its own, as it may run again within itself.
        Symbols inner =
                loop.recursive() ? outer.symbols().innerUnit() : outer.symbols().inner();
        Symbols last = outer.symbols().innerOf(inner.unit);
        boolean special = loop.recursive()
                || !FreeNames.among(Set.of("loop"), loop.body()).isEmpty();
        int slot = special ? inner.parameter("loop").index() : -1;
        var finder = new SymbolFinder(inner);
        finder.parameters(loop.target());
        finder.statements(loop.body());
        Scope scope = Scope.of(inner, true);
        Assignment target = statements.assignment(loop.target(), scope);
        Action body = statements.body(loop.body(), scope);
        Action entry = names.entry(inner);
        new SymbolFinder(last).statements(loop.otherwise());
        Action otherwise = loop.otherwise().isEmpty()
                ? _ -> Flow.ON
                : StatementCompiler.after(
                        names.entry(last),
                        statements.body(loop.otherwise(), Scope.of(last, !loop.recursive() && outer.inLoop())));
        var compiled = new Loop(target, slot, entry, body, otherwise, test(loop, outer.symbols()));
        if (!loop.recursive()) return frame -> compiled.run(frame, frame, items.in(frame), null, 0);
        Symbols.Unit unit = inner.unit;
        return frame -> {
            compiled.runAsUnit(unit, frame, items.in(frame), 0);
            return Flow.ON;
        };
    }

    private Optional<Test> test(Stmt.For loop, Symbols around) {
        return loop.test().map(condition -> {
            Symbols symbols = around.innerUnit();
            var finder = new SymbolFinder(symbols);
            finder.parameters(loop.target());
            finder.reads(condition);
            Scope scope = Scope.of(symbols, false);
            Evaluation evaluation = expressions.compile(condition, scope);
            return new Test(
                    symbols.unit, statements.assignment(loop.target(), scope), names.entry(symbols), evaluation);
        });
    }

    /** The {@code if} of a loop. It looks ahead when the loop does, so it has variables of its own. */
    private record Test(Symbols.Unit unit, Assignment target, Action entry, Evaluation condition) {
        Iterator<Object> among(Iterator<Object> items, Frame around) {
            Frame frame = new Frame(around.run, around, unit.size());
            return new Iterator<>() {
                private boolean begun;
                private @Nullable Object next;

                @Override
                public boolean hasNext() {
                    if (!begun) entry.run(frame);
                    begun = true;
                    while (next == null && items.hasNext()) {
                        frame.run.step();
                        Object item = items.next();
                        target.set(frame, item);
                        // What passes is handed on in pieces, put together again as jinja2 does it.
                        if (Types.truth(condition.in(frame))) next = target.values(frame, item);
                    }
                    return next != null;
                }

                @Override
                public Object next() {
                    Object item = hasNext() ? next : null;
                    if (item == null) throw new NoSuchElementException();
                    next = null;
                    return item;
                }
            };
        }
    }

    /** {@code special} is where the variable {@code loop} is kept, -1 when nobody asks for it; {@code around} belongs to the code around. */
    private record Loop(
            Assignment target, int special, Action entry, Action body, Action otherwise, Optional<Test> test) {
        Flow run(Frame frame, Frame around, Object value, LoopContext.@Nullable Recursion recursion, int depth) {
            Iterator<Object> all = Containers.iterate(value);
            Iterator<Object> items = test.isPresent() ? test.get().among(all, around) : all;
            // Also when the only round was left early, as in jinja2.
            boolean nothingDone = true;
            if (special < 0) {
                while (items.hasNext()) {
                    Flow flow = round(frame, items.next());
                    if (flow == Flow.BREAK) break;
                    if (flow == Flow.ON) nothingDone = false;
                }
            } else {
                int size = test.isPresent() || value instanceof Generator ? -1 : Containers.length(value);
                var loop = new LoopContext(items, size, recursion, depth);
                for (Object item = loop.advance(); item != null; item = loop.advance()) {
                    frame.variables[special] = loop;
                    Flow flow = round(frame, item);
                    if (flow == Flow.BREAK) break;
                    if (flow == Flow.ON) nothingDone = false;
                }
            }
            return nothingDone ? otherwise.run(frame) : Flow.ON;
        }

        private Flow round(Frame frame, Object item) {
            frame.run.step();
            target.set(frame, item);
            entry.run(frame);
            return body.run(frame);
        }

        void runAsUnit(Symbols.Unit unit, Frame around, Object value, int depth) {
            around.run.enterCall();
            Frame frame = new Frame(around.run, around, unit.size());
            LoopContext.Recursion recursion = (run, items, deeper) -> {
                int from = run.out.length();
                runAsUnit(unit, around, items, deeper);
                return run.takeFrom(from);
            };
            run(frame, around, value, recursion, depth);
            around.run.leaveCall();
        }
    }
}
