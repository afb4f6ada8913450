package dev.nacelle.template;

import java.util.List;

/** Python's {@code tuple}. {@code names} are those of a named tuple's fields, which {@code groupby} makes; usually none. */
record Tuple(List<Object> items, List<String> names) implements Sized.Indexed {
    static final Tuple EMPTY = new Tuple(List.of(), List.of());

    Tuple(List<Object> items) {
        this(items, List.of());
    }

    static Tuple of(Object... items) {
        return new Tuple(List.of(items), List.of());
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public Object get(int index) {
        return items.get(index);
    }

    @Override
    public List<Object> asList() {
        return items;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tuple && Equality.equal(this, other);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (Object item : items) hash = 31 * hash + Dict.hash(item);
        return hash;
    }
}
