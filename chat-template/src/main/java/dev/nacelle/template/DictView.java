package dev.nacelle.template;

import java.util.Iterator;
import java.util.Map;

/** What {@code keys()}, {@code values()} and {@code items()} of a dict give. */
record DictView(Kind kind, Map<?, ?> dict) implements Sized, Iterable<Object> {
    enum Kind {
        KEYS,
        VALUES,
        ITEMS
    }

    @Override
    public int size() {
        return dict.size();
    }

    @Override
    public Iterator<Object> iterator() {
        Iterator<? extends Map.Entry<?, ?>> entries = dict.entrySet().iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public Object next() {
                Map.Entry<?, ?> entry = entries.next();
                return switch (kind) {
                    case KEYS -> entry.getKey();
                    case VALUES -> entry.getValue();
                    case ITEMS -> Tuple.of(entry.getKey(), entry.getValue());
                };
            }
        };
    }
}
