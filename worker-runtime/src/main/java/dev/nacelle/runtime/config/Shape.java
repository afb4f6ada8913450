package dev.nacelle.runtime.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a component's type takes, free of reflection: binder, schema and table all switch over it. */
sealed interface Shape {

    /** The phrase after "expected" in a message. */
    String expected();

    /** A value written as one scalar. */
    sealed interface Leaf extends Shape {}

    record Text() implements Leaf {
        @Override
        public String expected() {
            return "text";
        }
    }

    record Bool() implements Leaf {
        @Override
        public String expected() {
            return "true or false";
        }
    }

    /** A whole number; {@code isInt} if the component is an int, else it is a long. */
    record Whole(Range range, boolean isInt) implements Leaf {
        @Override
        public String expected() {
            return "a whole number" + range.text("");
        }
    }

    record Decimal(Range range) implements Leaf {
        @Override
        public String expected() {
            return "a number" + range.text("");
        }
    }

    record Choice(Class<? extends Enum<?>> type) implements Leaf {
        @Override
        public String expected() {
            return names().stream().collect(Collectors.joining(", ", "one of ", ""));
        }

        List<String> names() {
            return Arrays.stream(type.getEnumConstants()).map(Choice::name).toList();
        }

        static String name(Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        }
    }

    record FilePath() implements Leaf {
        @Override
        public String expected() {
            return "a path";
        }
    }

    record SecretPath() implements Leaf {
        @Override
        public String expected() {
            return "the path of a file that holds the secret";
        }
    }

    /** A duration; the range is in seconds. */
    record Time(Range range) implements Leaf {
        @Override
        public String expected() {
            return "a duration such as 500ms, 60s, 2m or 1h" + range.text("s");
        }
    }

    /** A size; the range is in bytes. */
    record Size(Range range) implements Leaf {
        @Override
        public String expected() {
            return "a size such as 16MiB, 64KB or 4096" + range.text(" bytes");
        }
    }

    record Address() implements Leaf {
        @Override
        public String expected() {
            return "a URI";
        }
    }

    record Items(Shape item) implements Shape {
        @Override
        public String expected() {
            return "a list";
        }
    }

    record Keyed(Shape value) implements Shape {
        @Override
        public String expected() {
            return "a section of names and their values";
        }
    }

    record Section(Class<? extends Record> type) implements Shape {
        @Override
        public String expected() {
            return RecordFields.of(type).stream()
                    .map(Field::key)
                    .collect(Collectors.joining(", ", "a section with keys of ", ""));
        }
    }

    record FreeForm() implements Shape {
        @Override
        public String expected() {
            return "any value";
        }
    }

    record Raw(Optional<String> selectedBy) implements Shape {
        @Override
        public String expected() {
            return "a section with keys";
        }
    }

    /** Bounds of a number, both included; infinite when there is none. */
    record Range(double min, double max) {
        boolean holds(double value) {
            return value >= min && value <= max;
        }

        boolean hasMin() {
            return min != Double.NEGATIVE_INFINITY;
        }

        boolean hasMax() {
            return max != Double.POSITIVE_INFINITY;
        }

        /** " from 0 to 10", " of at least 1", or nothing. */
        String text(String unit) {
            if (hasMin() && hasMax()) {
                return " from " + number(min) + unit + " to " + number(max) + unit;
            }
            if (hasMin()) {
                return " of at least " + number(min) + unit;
            }
            return hasMax() ? " of at most " + number(max) + unit : "";
        }

        /** Without a needless ".0". */
        static String number(double value) {
            return value == Math.rint(value) && Math.abs(value) < 1e15
                    ? Long.toString((long) value)
                    : Double.toString(value);
        }
    }
}
