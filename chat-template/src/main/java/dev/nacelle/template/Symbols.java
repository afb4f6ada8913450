package dev.nacelle.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names of one scope, by jinja2's rules: a name that a scope writes anywhere belongs to it from its begin, where it
 * starts as a copy of the outer variable, or unset; a name that is only read comes from the nearest scope that knows it.
 */
final class Symbols {
    /** Code that runs with variables of its own: the template, a macro, the body of a recursive loop, the test of a loop. */
    static final class Unit {
        final int depth;
        private final Map<String, Variable> variables = new HashMap<>();

        Unit(int depth) {
            this.depth = depth;
        }

        int size() {
            return variables.size();
        }

        /** A place that no name leads to. */
        int hidden() {
            return variable(-1, " hidden " + variables.size()).index();
        }

        /** Scopes on the same level follow one another, and share variables of the same name. */
        private Variable variable(int level, String name) {
            return variables.computeIfAbsent(level + " " + name, _ -> new Variable(this, variables.size(), name));
        }
    }

    /** A place for a value. */
    record Variable(Unit unit, int index, String name) {
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** A variable as it is known to the scope that has it. */
    record Reference(Symbols scope, Variable variable) {
        /** Whether it only ever holds what the context has under its name. */
        boolean isGlobal() {
            return scope.loads.get(variable) instanceof Load.Resolve && !scope.stores.contains(variable.name);
        }
    }

    /** What a variable holds when its scope begins. */
    sealed interface Load {
        /** Whatever is passed. */
        record Parameter() implements Load {}

        /** What the context has under that name. */
        record Resolve() implements Load {}

        record Copy(Reference outer) implements Load {}

        record Unset() implements Load {}
    }

    final Unit unit;
    private final int level;
    private final @Nullable Symbols parent;
    private final Map<String, Variable> references;
    private final Map<Variable, Load> loads;
    private final Set<String> stores;

    private Symbols(
            Unit unit,
            int level,
            @Nullable Symbols parent,
            Map<String, Variable> references,
            Map<Variable, Load> loads,
            Set<String> stores) {
        this.unit = unit;
        this.level = level;
        this.parent = parent;
        this.references = references;
        this.loads = loads;
        this.stores = stores;
    }

    static Symbols root() {
        return new Symbols(new Unit(0), 0, null, new HashMap<>(), new LinkedHashMap<>(), new HashSet<>());
    }

    /** A scope within this one, in the same unit. */
    Symbols inner() {
        return innerOf(unit);
    }

    /** A scope within this one that is a unit of its own. */
    Symbols innerUnit() {
        return innerOf(new Unit(unit.depth + 1));
    }

    /** A scope within this one, in a unit that is there already. */
    Symbols innerOf(Unit unitOfInner) {
        return new Symbols(unitOfInner, level + 1, this, new HashMap<>(), new LinkedHashMap<>(), new HashSet<>());
    }

    /** For a branch of an {@code if}, which is no scope but may not be gone through. */
    Symbols copy() {
        return new Symbols(
                unit, level, parent, new HashMap<>(references), new LinkedHashMap<>(loads), new HashSet<>(stores));
    }

    private Variable define(String name, Load load) {
        Variable variable = unit.variable(level, name);
        references.put(name, variable);
        loads.put(variable, load);
        return variable;
    }

    /** The variable behind a name; null when no scope knows the name. */
    @Nullable
    Reference find(String name) {
        for (Symbols scope = this; scope != null; scope = scope.parent) {
            Variable variable = scope.references.get(name);
            if (variable != null) return new Reference(scope, variable);
        }
        return null;
    }

    void store(String name) {
        stores.add(name);
        if (references.containsKey(name)) return;
        Reference outer = parent == null ? null : parent.find(name);
        define(name, outer == null ? new Load.Unset() : new Load.Copy(outer));
    }

    Variable parameter(String name) {
        stores.add(name);
        return define(name, new Load.Parameter());
    }

    void load(String name) {
        if (find(name) == null) define(name, new Load.Resolve());
    }

    /** Takes over what the branches of an {@code if} found; what only some of them write starts as what is outside. */
    void merge(List<Symbols> branches) {
        Set<String> written = new HashSet<>();
        for (Symbols branch : branches) written.addAll(branch.stores);
        written.removeAll(stores);
        for (Symbols branch : branches) {
            references.putAll(branch.references);
            loads.putAll(branch.loads);
            stores.addAll(branch.stores);
        }
        for (String name : written) {
            Reference outer = parent == null ? null : parent.find(name);
            Reference own = find(name);
            if (own != null) loads.put(own.variable, outer == null ? new Load.Resolve() : new Load.Copy(outer));
        }
    }

    /** What is to be loaded when the scope begins; names that can be looked up as globals are left out. */
    List<Map.Entry<Variable, Load>> entryLoads() {
        List<Map.Entry<Variable, Load>> entries = new ArrayList<>();
        for (var entry : loads.entrySet()) {
            if (entry.getValue() instanceof Load.Parameter || new Reference(this, entry.getKey()).isGlobal()) continue;
            entries.add(Map.entry(entry.getKey(), entry.getValue()));
        }
        return entries;
    }
}
