package dev.nacelle.template;

import java.util.Iterator;

/** What lazy filters give: can be gone through once, has no length, and is true even when nothing comes. */
record Generator(String type, Iterator<Object> items) {
    static Generator of(Iterator<Object> items) {
        return new Generator("generator", items);
    }
}
