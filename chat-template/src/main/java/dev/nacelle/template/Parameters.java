package dev.nacelle.template;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parameters of a built-in function, filter, test or method, and how arguments find them. */
final class Parameters {
    private final String function;
    private final boolean positionalOnly;
    private final int required;
    private final List<String> names;
    private final @Nullable Object[] nothing;

    private Parameters(String function, boolean positionalOnly, int required, List<String> names) {
        this.function = function;
        this.positionalOnly = positionalOnly;
        this.required = required;
        this.names = names;
        this.nothing = new @Nullable Object[names.size()];
    }

    /** Parameters that can be given by name too. */
    static Parameters named(String function, int required, String... names) {
        return new Parameters(function, false, required, List.of(names));
    }

    /** Parameters that cannot be given by name. */
    static Parameters positional(String function, int required, int max) {
        return new Parameters(function, true, required, java.util.Collections.nCopies(max, ""));
    }

    /** One value for each parameter; null where none was given. Not to be changed. */
    @Nullable
    Object[] bind(Arguments arguments) {
        if (arguments.count() == 0 && required == 0) return nothing;
        List<Object> positional = arguments.positional();
        if (positional.size() > names.size()) {
            throw Fault.error(
                    "%s() takes at most %d arguments (%d given)".formatted(function, names.size(), positional.size()));
        }
        @Nullable Object[] bound = Arrays.copyOf(positional.toArray(new @Nullable Object[0]), names.size());
        for (int i = 0; i < arguments.names().size(); i++) {
            String name = arguments.names().get(i);
            if (positionalOnly) throw Fault.error("%s() takes no keyword arguments".formatted(function));
            int index = names.indexOf(name);
            if (index < 0) throw Fault.error("%s() got an unexpected keyword argument '%s'".formatted(function, name));
            if (bound[index] != null)
                throw Fault.error("%s() got multiple values for argument '%s'".formatted(function, name));
            bound[index] = arguments.values().get(i);
        }
        for (int i = 0; i < required; i++) {
            if (bound[i] == null) {
                throw Fault.error(
                        positionalOnly
                                ? "%s expected at least %d argument%s, got %d"
                                        .formatted(function, required, required == 1 ? "" : "s", positional.size())
                                : "%s() missing required argument: '%s'".formatted(function, names.get(i)));
            }
        }
        return bound;
    }
}
