package dev.nacelle.runtime.config;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One component of a configuration record.
 *
 * @param key the component's name in snake case
 * @param doc one sentence; empty when the component has no {@code @Setting}
 */
record Field(
        String key, String name, Shape shape, Presence presence, Optional<Node> byDefault, String doc, boolean secret) {

    /** Whether a value must be there, and how its absence is said to the record. */
    enum Presence {
        REQUIRED,
        NULLABLE,
        OPTIONAL,
        OPTIONAL_INT,
        OPTIONAL_LONG,
        OPTIONAL_DOUBLE;

        @Nullable
        Object wrap(@Nullable Object value) {
            return switch (this) {
                case REQUIRED, NULLABLE -> value;
                case OPTIONAL -> Optional.ofNullable(value);
                case OPTIONAL_INT -> value == null ? OptionalInt.empty() : OptionalInt.of((Integer) value);
                case OPTIONAL_LONG -> value == null ? OptionalLong.empty() : OptionalLong.of((Long) value);
                case OPTIONAL_DOUBLE -> value == null ? OptionalDouble.empty() : OptionalDouble.of((Double) value);
            };
        }
    }

    /** Whether the file must say it: a nested section that is left out takes its own components' defaults. */
    boolean required() {
        return presence == Presence.REQUIRED
                && byDefault.isEmpty()
                && switch (shape) {
                    case Shape.Section section ->
                        RecordFields.of(section.type()).stream().anyMatch(Field::required);
                    case Shape.Raw _ -> false;
                    case Shape.Leaf _, Shape.Items _, Shape.Keyed _, Shape.FreeForm _ -> true;
                };
    }
}
