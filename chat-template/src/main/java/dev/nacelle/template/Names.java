package dev.nacelle.template;

import dev.nacelle.template.Symbols.Load;
import dev.nacelle.template.Symbols.Reference;
import dev.nacelle.template.Symbols.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compiles access to variables, and collects the names that a template takes from outside. */
final class Names {
    private final Map<String, Integer> globals = new LinkedHashMap<>();

    List<String> globals() {
        return List.copyOf(globals.keySet());
    }

    private int global(String name) {
        return globals.computeIfAbsent(name, _ -> globals.size());
    }

    Evaluation read(String name, Scope scope) {
        Reference reference = scope.symbols().find(name);
        if (reference == null) throw Fault.syntax(0, "the name '%s' cannot be used here".formatted(name));
        if (reference.isGlobal()) {
            int index = global(name);
            return frame -> frame.run.global(index);
        }
        int hops = scope.symbols().unit.depth - reference.variable().unit().depth;
        int index = reference.variable().index();
        return switch (hops) {
            case 0 -> frame -> orUndefined(frame.variables[index], name);
            default -> frame -> orUndefined(frame.outwards(hops).variables[index], name);
        };
    }

    private static Object orUndefined(@Nullable Object value, String name) {
        return value == null ? Undefined.name(name) : value;
    }

    /** Where the scope itself keeps a name that it writes. */
    static int slot(String name, Scope scope) {
        Reference reference = scope.symbols().find(name);
        if (reference == null || reference.variable().unit() != scope.symbols().unit)
            throw new IllegalStateException("no own variable " + name);
        return reference.variable().index();
    }

    /** What happens to the variables of a scope when it begins. */
    Action entry(Symbols scope) {
        List<Action> loads = scope.entryLoads().stream()
                .map(entry -> load(entry.getKey(), entry.getValue(), scope))
                .toList();
        if (loads.isEmpty()) return _ -> Action.Flow.ON;
        if (loads.size() == 1) return loads.getFirst();
        Action[] all = loads.toArray(Action[]::new);
        return frame -> {
            for (Action load : all) load.run(frame);
            return Action.Flow.ON;
        };
    }

    private Action load(Variable variable, Load load, Symbols scope) {
        int to = variable.index();
        String name = variable.name();
        return switch (load) {
            case Load.Parameter _ -> _ -> Action.Flow.ON;
            case Load.Unset _ -> frame -> set(frame, to, null);
            case Load.Resolve _ -> frame -> set(frame, to, frame.run.resolve(name));
            case Load.Copy copy -> copy(copy.outer(), scope, to, name);
        };
    }

    private Action copy(Reference outer, Symbols scope, int to, String name) {
        if (outer.isGlobal()) return frame -> set(frame, to, frame.run.resolve(name));
        int from = outer.variable().index();
        int hops = scope.unit.depth - outer.variable().unit().depth;
        if (hops == 0) return frame -> set(frame, to, frame.variables[from]);
        return frame -> set(frame, to, frame.outwards(hops).variables[from]);
    }

    private static Action.Flow set(Frame frame, int to, @Nullable Object value) {
        frame.variables[to] = value;
        return Action.Flow.ON;
    }
}
