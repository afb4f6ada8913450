package dev.nacelle.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Filters over lists, dicts and whatever else can be gone through. */
final class SequenceFilters {
    private SequenceFilters() {}

    static void addTo(Map<String, Filter> all) {
        for (String name : List.of("length", "count")) {
            Filters.add(all, name, Filters.none(name), (_, input, _) -> (long) Containers.length(input));
        }
        Filters.add(all, "list", Filters.none("list"), (run, input, _) -> Containers.list(run, input));
        Filters.add(all, "first", Filters.none("first"), (_, input, _) -> first(Containers.iterate(input), "first"));
        Filters.add(
                all,
                "last",
                Filters.none("last"),
                (_, input, _) -> first(backwards(input).iterator(), "last"));
        Filters.add(all, "reverse", Filters.none("reverse"), SequenceFilters::reverse);
        Filters.add(all, "items", Filters.none("items"), (_, input, _) -> items(input));
        Filters.add(
                all,
                "dictsort",
                Parameters.named("dictsort", 0, "case_sensitive", "by", "reverse"),
                SequenceFilters::dictsort);
        Filters.add(
                all,
                "sort",
                Parameters.named("sort", 0, "reverse", "case_sensitive", "attribute"),
                SequenceFilters::sort);
        Filters.add(
                all, "unique", Parameters.named("unique", 0, "case_sensitive", "attribute"), SequenceFilters::unique);
        Filters.add(
                all,
                "groupby",
                Parameters.named("groupby", 1, "attribute", "default", "case_sensitive"),
                SequenceFilters::groupBy);
        Filters.add(
                all,
                "min",
                Parameters.named("min", 0, "case_sensitive", "attribute"),
                (run, input, passed) ->
                        extreme(input, passed, (candidate, best) -> Ordering.less(candidate, best, "<")));
        Filters.add(
                all,
                "max",
                Parameters.named("max", 0, "case_sensitive", "attribute"),
                (run, input, passed) ->
                        extreme(input, passed, (candidate, best) -> Ordering.less(best, candidate, ">")));
        Filters.add(all, "sum", Parameters.named("sum", 0, "attribute", "start"), SequenceFilters::sum);
        Filters.add(all, "batch", Parameters.named("batch", 1, "linecount", "fill_with"), SequenceFilters::batch);
        Filters.add(all, "slice", Parameters.named("slice", 1, "slices", "fill_with"), SequenceFilters::slice);
    }

    private static Object first(Iterator<Object> items, String which) {
        return items.hasNext() ? items.next() : Undefined.because("No %s item, sequence was empty.".formatted(which));
    }

    private static List<Object> backwards(Object input) {
        if (input instanceof Generator || !Containers.isIterable(input)) {
            throw Fault.error("'%s' object is not reversible".formatted(Types.name(input)));
        }
        List<Object> items = new ArrayList<>();
        Containers.iterate(input).forEachRemaining(items::add);
        Collections.reverse(items);
        return items;
    }

    private static Object reverse(Run run, Object input, @Nullable Object[] passed) {
        if (input instanceof String text)
            return run.made(new StringBuilder(text).reverse().toString());
        if (input instanceof Markup markup)
            return new Markup(new StringBuilder(markup.text()).reverse().toString());
        if (input instanceof Generator) {
            List<Object> items = Containers.list(run, input);
            Collections.reverse(items);
            return items;
        }
        if (!Containers.isIterable(input)) throw Fault.error("argument must be iterable");
        return new Generator("list_reverseiterator", run.made(backwards(input)).iterator());
    }

    private static Object items(Object input) {
        if (input instanceof Undefined) return Generator.of(Collections.emptyIterator());
        if (input instanceof Map<?, ?> dict) return Generator.of(new DictView(DictView.Kind.ITEMS, dict).iterator());
        return Generator.of(new Iterator<>() {
            @Override
            public boolean hasNext() {
                throw Fault.error("Can only get item pairs from a mapping.");
            }

            @Override
            public Object next() {
                throw Fault.error("Can only get item pairs from a mapping.");
            }
        });
    }

    /** Sorts stably, by keys that are computed once. */
    private static List<Object> sorted(List<Object> items, Function<Object, Object> key, boolean reverse) {
        record Keyed(Object key, Object item) {}

        List<Keyed> keyed = new ArrayList<>(items.size());
        for (Object item : items) keyed.add(new Keyed(key.apply(item), item));
        Comparator<Keyed> order = Comparator.comparing(Keyed::key, Ordering.ASCENDING);
        try {
            keyed.sort(reverse ? order.reversed() : order);
        } catch (IllegalArgumentException _) {
            throw Fault.error("the values to sort have no order");
        }
        List<Object> sorted = new ArrayList<>(keyed.size());
        for (Keyed one : keyed) sorted.add(one.item);
        return sorted;
    }

    private static Object dictsort(Run run, Object input, @Nullable Object[] passed) {
        String by = passed[1] == null ? "key" : Printer.str(passed[1]);
        if (!by.equals("key") && !by.equals("value"))
            throw Fault.error("You can only sort by either \"key\" or \"value\"");
        int position = by.equals("key") ? 0 : 1;
        boolean caseSensitive = Filters.truth(passed[0]);
        if (input instanceof Undefined undefined) throw undefined.fault();
        if (!(input instanceof Map<?, ?> dict))
            throw Fault.error("'%s' object has no attribute 'items'".formatted(Types.name(input)));
        List<Object> items = Containers.list(run, new DictView(DictView.Kind.ITEMS, dict));
        return sorted(
                items,
                item -> AttributePath.key(((Tuple) item).get(position), caseSensitive),
                Filters.truth(passed[2]));
    }

    private static Object sort(Run run, Object input, @Nullable Object[] passed) {
        boolean caseSensitive = Filters.truth(passed[1]);
        List<AttributePath> paths = new ArrayList<>();
        Object attribute = passed[2] == null ? None.NONE : passed[2];
        if (Types.isText(attribute)) {
            for (String one : Types.text(attribute).split(",", -1)) paths.add(AttributePath.of(one));
        } else {
            paths.add(AttributePath.of(attribute));
        }
        return sorted(
                Containers.list(run, input),
                item -> {
                    List<Object> keys = new ArrayList<>(paths.size());
                    for (AttributePath path : paths) keys.add(AttributePath.key(path.of(item, null), caseSensitive));
                    return keys;
                },
                Filters.truth(passed[0]));
    }

    private static Function<Object, Object> keyOf(
            @Nullable Object attribute, boolean caseSensitive, @Nullable Object fallback) {
        AttributePath path = AttributePath.of(attribute == null ? None.NONE : attribute);
        return item -> AttributePath.key(path.of(item, fallback), caseSensitive);
    }

    private static Object unique(Run run, Object input, @Nullable Object[] passed) {
        Function<Object, Object> key = keyOf(passed[1], Filters.truth(passed[0]), null);
        Iterator<Object> items = Containers.iterate(input);
        Map<Object, Object> seen = new HashMap<>();
        return Generator.of(new SelectionFilters.Picking(run, items, item -> {
            Object found = key.apply(item);
            if (Dict.contains(seen, found)) return false;
            Dict.put(seen, found, true);
            return true;
        }));
    }

    private static Object groupBy(Run run, Object input, @Nullable Object[] passed) {
        Object attribute = TextMethods.given(passed[0]);
        Object fallback = passed[1] == null || passed[1] == None.NONE ? null : passed[1];
        boolean caseSensitive = Filters.truth(passed[2]);
        Function<Object, Object> key = keyOf(attribute, caseSensitive, fallback);
        List<Object> groups = new ArrayList<>();
        List<Object> group = new ArrayList<>();
        Object current = None.NONE;
        for (Object item : sorted(Containers.list(run, input), key, false)) {
            Object own = key.apply(item);
            if (group.isEmpty() || !Equality.equal(own, current)) {
                group = new ArrayList<>();
                current = own;
                Object shown = caseSensitive ? own : AttributePath.of(attribute).of(item, fallback);
                groups.add(new Tuple(List.of(shown, group), List.of("grouper", "list")));
            }
            group.add(item);
        }
        return groups;
    }

    @FunctionalInterface
    private interface Better {
        boolean than(Object candidate, Object best);
    }

    private static Object extreme(Object input, @Nullable Object[] passed, Better better) {
        Function<Object, Object> key = keyOf(passed[1], Filters.truth(passed[0]), null);
        Iterator<Object> items = Containers.iterate(input);
        if (!items.hasNext()) return Undefined.because("No aggregated item, sequence was empty.");
        Object best = items.next();
        Object bestKey = key.apply(best);
        while (items.hasNext()) {
            Object item = items.next();
            Object itemKey = key.apply(item);
            if (!better.than(itemKey, bestKey)) continue;
            best = item;
            bestKey = itemKey;
        }
        return best;
    }

    private static Object sum(Run run, Object input, @Nullable Object[] passed) {
        Object sum = passed[1] == null ? 0L : passed[1];
        if (Types.isText(sum)) throw Fault.error("sum() can't sum strings [use ''.join(seq) instead]");
        AttributePath path = AttributePath.of(passed[0] == null ? None.NONE : passed[0]);
        Iterator<Object> items = Containers.iterate(input);
        while (items.hasNext()) sum = Operators.add(run, sum, path.of(items.next(), null));
        return sum;
    }

    private static Object batch(Run run, Object input, @Nullable Object[] passed) {
        long size = PythonNumber.index(TextMethods.given(passed[0]));
        Object fill = passed[1] == null ? None.NONE : passed[1];
        List<Object> batches = new ArrayList<>();
        List<Object> batch = new ArrayList<>();
        for (Object item : Containers.list(run, input)) {
            if (batch.size() == size) {
                batches.add(batch);
                batch = new ArrayList<>();
            }
            batch.add(item);
        }
        if (!batch.isEmpty()) {
            run.willMakeItems(fill == None.NONE ? 0 : Math.max(0, size));
            while (fill != None.NONE && batch.size() < size) batch.add(fill);
            batches.add(batch);
        }
        return Generator.of(batches.iterator());
    }

    private static Object slice(Run run, Object input, @Nullable Object[] passed) {
        List<Object> items = Containers.list(run, input);
        long slices = PythonNumber.index(TextMethods.given(passed[0]));
        if (slices == 0) throw Fault.error("integer division or modulo by zero");
        run.willMakeItems(Math.max(0, slices));
        Object fill = passed[1] == null ? None.NONE : passed[1];
        List<Object> all = new ArrayList<>();
        int offset = 0;
        for (long i = 0; i < slices; i++) {
            int from = (int) (offset + i * (items.size() / slices));
            if (i < items.size() % slices) offset++;
            int to = (int) (offset + (i + 1) * (items.size() / slices));
            List<Object> part = new ArrayList<>(items.subList(from, to));
            if (fill != None.NONE && i >= items.size() % slices) part.add(fill);
            all.add(part);
        }
        return Generator.of(all.iterator());
    }
}
