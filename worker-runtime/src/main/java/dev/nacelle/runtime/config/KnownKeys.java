package dev.nacelle.runtime.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Every key of the parts by its whole path, for the right word in the wrong place. */
record KnownKeys(List<String> paths) {

    KnownKeys {
        paths = List.copyOf(paths);
    }

    static KnownKeys of(List<Class<? extends Record>> parts) {
        var paths = new ArrayList<String>();
        parts.forEach(part -> collect(part, "", new HashSet<>(), paths));
        return new KnownKeys(paths);
    }

    private static void collect(Class<? extends Record> type, String prefix, Set<Class<?>> above, List<String> paths) {
        if (!above.add(type)) {
            return;
        }
        for (var field : RecordFields.of(type)) {
            collect(field.shape(), prefix + field.key(), above, paths);
        }
        above.remove(type);
    }

    private static void collect(Shape shape, String path, Set<Class<?>> above, List<String> paths) {
        switch (shape) {
            case Shape.Section section -> {
                paths.add(path);
                collect(section.type(), path + ".", above, paths);
            }
            case Shape.Items items -> collect(items.item(), path + "[0]", above, paths);
            case Shape.Keyed _, Shape.Leaf _, Shape.FreeForm _, Shape.Raw _ -> paths.add(path);
        }
    }

    /** What was probably meant by a key that is unknown where it stands. */
    Optional<String> meant(String key, List<String> siblings, Origin where) {
        if (where instanceof Origin.Environment(var name)) {
            return variable(name, key, siblings);
        }
        return NearestKey.of(key, siblings).or(() -> elsewhere(key));
    }

    private Optional<String> elsewhere(String key) {
        var same = paths.stream()
                .filter(path -> path.equals(key) || path.endsWith("." + key))
                .toList();
        return same.size() == 1 ? Optional.of(same.getFirst()) : Optional.empty();
    }

    /** A name of the environment is to be given back as one; a single underscore between keys is the usual slip. */
    private Optional<String> variable(String name, String key, List<String> siblings) {
        var flat = name.replace("__", "_");
        var exact = paths.stream()
                .map(KnownKeys::variable)
                .filter(variable -> variable.replace("__", "_").equals(flat))
                .findFirst();
        if (exact.isPresent()) {
            return exact;
        }
        var wrong = key.toUpperCase(Locale.ROOT);
        int at = name.lastIndexOf(wrong);
        return NearestKey.of(key, siblings)
                .filter(_ -> at >= 0)
                .map(right ->
                        name.substring(0, at) + right.toUpperCase(Locale.ROOT) + name.substring(at + wrong.length()));
    }

    private static String variable(String path) {
        return Layers.PREFIX
                + path.replace("[", "__").replace("]", "").replace(".", "__").toUpperCase(Locale.ROOT);
    }
}
