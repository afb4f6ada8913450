package dev.nacelle.template;

import java.util.AbstractList;
import java.util.List;

/** What has a length and is no list, dict or text of Java. */
interface Sized {
    int size();

    /** What has elements by position too. */
    interface Indexed extends Sized {
        Object get(int index);

        /** The elements as a list of Java, without a copy. */
        default List<Object> asList() {
            return new AbstractList<>() {
                @Override
                public Object get(int index) {
                    return Indexed.this.get(index);
                }

                @Override
                public int size() {
                    return Indexed.this.size();
                }
            };
        }
    }
}
