package dev.nacelle.template;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One rendering: its text so far, the names that it can see, and what it has used of its limits. For one thread. */
final class Run {
    /** Characters or items that count as one step when an operation makes them. */
    static final int CHARS_PER_STEP = 32;
    /** Levels of data that are printed, compared or read. */
    static final int DATA_DEPTH_MAX = 500;

    final StringBuilder out = new StringBuilder(1024);
    final Clock clock;
    private final TemplateLimits limits;
    private final Map<String, ?> context;
    private final List<String> names;
    private final @Nullable Object[] globals;
    private long steps;
    private int depth;

    /** {@code names} are all that the template takes from outside; a global is known by its index there. */
    Run(TemplateLimits limits, Map<String, ?> context, List<String> names, Clock clock) {
        this.limits = limits;
        this.context = context;
        this.names = names;
        this.globals = new @Nullable Object[names.size()];
        this.clock = clock;
    }

    Object global(int index) {
        Object value = globals[index];
        if (value == null) {
            value = resolve(names.get(index));
            if (value == null) value = Undefined.name(names.get(index));
            globals[index] = value;
        }
        return value;
    }

    /** What the context, or jinja2 itself, has under a name; null when there is nothing. */
    @Nullable
    Object resolve(String name) {
        Object given = context.get(name);
        if (given != null) return Data.canonical(given);
        return context.containsKey(name) ? None.NONE : Globals.find(name);
    }

    void step() {
        if (++steps > limits.steps()) throw tooManySteps();
    }

    void enterCall() {
        step();
        if (++depth > limits.depth()) throw Fault.limit("calls nested deeper than %d".formatted(limits.depth()));
    }

    void leaveCall() {
        depth--;
    }

    private void charge(long size) {
        if (size >= CHARS_PER_STEP) {
            steps += size / CHARS_PER_STEP;
            if (steps > limits.steps()) throw tooManySteps();
        }
    }

    private Fault tooManySteps() {
        return Fault.limit("more than %d steps".formatted(limits.steps()));
    }

    /** Python's {@code str}. */
    String str(Object value) {
        return value instanceof String text ? text : Printer.str(value, limits.outputChars());
    }

    /** Python's {@code repr}. */
    String repr(Object value) {
        return made(Printer.repr(value, limits.outputChars()));
    }

    void write(String text) {
        out.append(text);
        if (out.length() > limits.outputChars()) checkText(out.length());
    }

    void checkText(long chars) {
        if (chars > limits.outputChars())
            throw Fault.limit("text of more than %d characters".formatted(limits.outputChars()));
    }

    void checkItems(long items) {
        if (items > limits.items()) throw Fault.limit("a list of more than %d items".formatted(limits.items()));
    }

    /** Before text of that length is made. */
    void willMakeText(long chars) {
        checkText(chars);
        charge(chars);
    }

    /** Before a list of that length is made. */
    void willMakeItems(long items) {
        checkItems(items);
        charge(items);
    }

    /** After text was made whose length could not be known before. */
    String made(String text) {
        willMakeText(text.length());
        return text;
    }

    <T extends Collection<Object>> T made(T items) {
        willMakeItems(items.size());
        return items;
    }

    /** Takes back what was written since {@code from}, and gives it. */
    String takeFrom(int from) {
        String text = out.substring(from);
        out.setLength(from);
        charge(text.length());
        return text;
    }
}
