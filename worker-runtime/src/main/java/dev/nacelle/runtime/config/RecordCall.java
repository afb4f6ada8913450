package dev.nacelle.runtime.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Calls a record's canonical constructor, which may say no. */
sealed interface RecordCall {

    record Made(Record value) implements RecordCall {}

    /** A rule in the compact constructor does not hold. */
    record Refused(String message) implements RecordCall {}

    static RecordCall construct(Class<? extends Record> type, List<@Nullable Object> values) {
        var types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            var constructor = type.getDeclaredConstructor(types);
            constructor.trySetAccessible();
            return new Made(constructor.newInstance(values.toArray()));
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof IllegalArgumentException rule) {
                return new Refused(Optional.ofNullable(rule.getMessage()).orElse("a value that does not fit"));
            }
            if (thrown.getCause() instanceof NullPointerException) {
                return new Refused("null where a value is needed");
            }
            throw new IllegalStateException("%s cannot be constructed".formatted(type.getName()), thrown.getCause());
        } catch (ReflectiveOperationException closed) {
            throw new IllegalArgumentException(
                    "%s cannot be constructed: make it public, or open its package".formatted(type.getName()), closed);
        }
    }
}
