package dev.nacelle.template;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code map}, {@code select}, {@code reject} and their relatives. They are lazy: what is never looked at never fails. */
final class SelectionFilters {
    private SelectionFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("map", SelectionFilters::map);
        all.put("select", (run, input, arguments) -> select(run, input, arguments, false, true));
        all.put("reject", (run, input, arguments) -> select(run, input, arguments, false, false));
        all.put("selectattr", (run, input, arguments) -> select(run, input, arguments, true, true));
        all.put("rejectattr", (run, input, arguments) -> select(run, input, arguments, true, false));
    }

    /** Goes through the items that pass. */
    static final class Picking implements Iterator<Object> {
        private final Run run;
        private final Iterator<Object> items;
        private final Predicate<Object> passes;
        private @Nullable Object next;

        Picking(Run run, Iterator<Object> items, Predicate<Object> passes) {
            this.run = run;
            this.items = items;
            this.passes = passes;
        }

        @Override
        public boolean hasNext() {
            while (next == null && items.hasNext()) {
                run.step();
                Object item = items.next();
                if (passes.test(item)) next = item;
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
    }

    /** Begins when the first item is asked for; nothing at all happens for what is false. */
    private static Generator lazily(Object input, Supplier<Iterator<Object>> begin) {
        return Generator.of(new Iterator<>() {
            private @Nullable Iterator<Object> items;

            @Override
            public boolean hasNext() {
                if (items == null) items = Types.truth(input) ? begin.get() : java.util.Collections.emptyIterator();
                return items.hasNext();
            }

            @Override
            public Object next() {
                if (!hasNext() || items == null) throw new NoSuchElementException();
                return items.next();
            }
        });
    }

    private static Object map(Run run, Object input, Arguments arguments) {
        return lazily(input, () -> {
            Function<Object, Object> function = mapping(run, arguments);
            Iterator<Object> items = Containers.iterate(input);
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return items.hasNext();
                }

                @Override
                public Object next() {
                    run.step();
                    return function.apply(items.next());
                }
            };
        });
    }

    private static Function<Object, Object> mapping(Run run, Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            if (!arguments.names().contains("attribute")) throw Fault.error("map requires a filter argument");
            @Nullable
            Object[] passed = Parameters.named("map", 1, "attribute", "default").bind(arguments);
            AttributePath path = AttributePath.of(TextMethods.given(passed[0]));
            Object fallback = passed[1] == None.NONE ? null : passed[1];
            return item -> path.of(item, fallback);
        }
        String name = Printer.str(arguments.positional().getFirst());
        Filter filter = Filters.find(name);
        if (filter == null) throw Fault.error("No filter named '%s'.".formatted(name));
        Arguments rest = arguments.withoutFirst(1);
        return item -> filter.apply(run, item, rest);
    }

    private static Object select(Run run, Object input, Arguments arguments, boolean byAttribute, boolean wanted) {
        return lazily(input, () -> {
            List<Object> positional = arguments.positional();
            if (byAttribute && positional.isEmpty()) throw Fault.error("Missing parameter for attribute name");
            AttributePath path = byAttribute ? AttributePath.of(positional.getFirst()) : new AttributePath(List.of());
            int testAt = byAttribute ? 1 : 0;
            Predicate<Object> test = Types::truth;
            if (positional.size() > testAt) {
                String name = Printer.str(positional.get(testAt));
                Tests.Test found = Tests.find(name);
                Arguments rest = arguments.withoutFirst(testAt + 1);
                test = item -> {
                    if (found == null) throw Fault.error("No test named '%s'.".formatted(name));
                    return found.holds(run, item, rest);
                };
            }
            Predicate<Object> passes = test;
            return new Picking(run, Containers.iterate(input), item -> passes.test(path.of(item, null)) == wanted);
        });
    }
}
