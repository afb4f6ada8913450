package dev.nacelle.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a setting stands, as people write it: {@code workers[0].options.rate}, {@code labels["a.b"]}. */
record KeyPath(String text) {
    static final KeyPath ROOT = new KeyPath("");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern STEP =
            Pattern.compile("\\.?([A-Za-z0-9_-]+)|\\[([0-9]{1,9})]|\\[\"([^\"]*)\"]|\\['([^']*)']");

    KeyPath key(String key) {
        if (!PLAIN.matcher(key).matches()) {
            return new KeyPath(text + "[\"" + key + "\"]");
        }
        return new KeyPath(text.isEmpty() ? key : text + "." + key);
    }

    KeyPath index(int index) {
        return new KeyPath(text + "[" + index + "]");
    }

    /** One step down a path. */
    sealed interface Step {
        record Key(String name) implements Step {}

        record Index(int index) implements Step {}

        /** Digits in an environment variable: an index in a list, a key in a map. */
        record Digits(int index, String name) implements Step {}

        default boolean isKey(String name) {
            return switch (this) {
                case Key key -> key.name.equals(name);
                case Digits digits -> digits.name.equals(name);
                case Index _ -> false;
            };
        }

        /** The key this step leads to; empty for an index. */
        default Optional<String> asKey() {
            return switch (this) {
                case Key key -> Optional.of(key.name);
                case Digits digits -> Optional.of(digits.name);
                case Index _ -> Optional.empty();
            };
        }

        /** The index this step leads to; empty for a key. */
        default Optional<Integer> asIndex() {
            return switch (this) {
                case Key _ -> Optional.empty();
                case Digits digits -> Optional.of(digits.index);
                case Index index -> Optional.of(index.index);
            };
        }
    }

    /** Reads {@code workers[0].options.rate}; empty if it is not of that form. */
    static Optional<List<Step>> parse(String path) {
        var steps = new ArrayList<Step>();
        var matcher = STEP.matcher(path);
        int end = 0;
        while (matcher.lookingAt()) {
            boolean dotted = path.charAt(end) == '.';
            if (matcher.group(1) != null && dotted == steps.isEmpty()) {
                return Optional.empty();
            }
            steps.add(step(matcher.group(1), matcher.group(2), matcher.group(3), matcher.group(4)));
            end = matcher.end();
            matcher.region(end, path.length());
        }
        return end == path.length() && !steps.isEmpty() ? Optional.of(List.copyOf(steps)) : Optional.empty();
    }

    private static Step step(
            @Nullable String name,
            @Nullable String index,
            @Nullable String doubleQuoted,
            @Nullable String singleQuoted) {
        if (index != null) {
            return new Step.Index(Integer.parseInt(index));
        }
        if (name != null) {
            return new Step.Key(name);
        }
        return new Step.Key(doubleQuoted != null ? doubleQuoted : singleQuoted != null ? singleQuoted : "");
    }
}
