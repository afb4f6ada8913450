package dev.nacelle.python.graalpy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** System properties that a test changes and puts back. */
final class Properties {
    private final List<String> names;
    private final Map<String, String> before = new HashMap<>();

    Properties(String... names) {
        this.names = List.of(names);
        for (var name : names) {
            var value = System.getProperty(name);
            if (value != null) before.put(name, value);
        }
    }

    void clear() {
        names.forEach(System::clearProperty);
    }

    void restore() {
        clear();
        before.forEach(System::setProperty);
    }
}
