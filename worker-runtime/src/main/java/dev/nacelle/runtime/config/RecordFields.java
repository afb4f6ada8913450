package dev.nacelle.runtime.config;

import dev.nacelle.spi.config.Setting;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads the components of a configuration record by reflection; the only place that does. */
final class RecordFields {
    private static final Pattern WORD_BORDER = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
    private static final Shape.Range ANY = new Shape.Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    private RecordFields() {}

    /**
     * In the order of the components.
     *
     * @throws IllegalArgumentException if a component has a type that no configuration can give: the author's mistake
     */
    static List<Field> of(Class<? extends Record> type) {
        var fields = Arrays.stream(type.getRecordComponents())
                .map(component -> field(type, component))
                .toList();
        for (var field : fields) {
            if (field.shape() instanceof Shape.Raw(var selector) && selector.isPresent()) {
                requireText(type, selector.get(), fields);
            }
        }
        return fields;
    }

    private static void requireText(Class<?> type, String selector, List<Field> fields) {
        boolean found = fields.stream()
                .anyMatch(field -> field.key().equals(selector)
                        && field.shape() instanceof Shape.Text
                        && field.presence() == Field.Presence.REQUIRED);
        if (!found) {
            throw new IllegalArgumentException(
                    "%s: @SelectedBy(\"%s\") names no String component".formatted(type.getName(), selector));
        }
    }

    /** {@code maxTokens} becomes {@code max_tokens}. */
    static String key(String name) {
        return WORD_BORDER.matcher(name).replaceAll("_").toLowerCase(Locale.ROOT);
    }

    private static Field field(Class<?> owner, RecordComponent component) {
        var setting = Optional.ofNullable(component.getAnnotation(Setting.class));
        var range = setting.map(s -> new Shape.Range(s.min(), s.max())).orElse(ANY);
        var presence = presence(component);
        var generic = component.getGenericType();
        var valueType = presence == Field.Presence.OPTIONAL ? argument(generic, 0) : generic;
        try {
            return new Field(
                    setting.map(Setting::key).filter(key -> !key.isEmpty()).orElseGet(() -> key(component.getName())),
                    component.getName(),
                    shape(valueType, component, range),
                    presence,
                    setting.map(Setting::byDefault)
                            .filter(text -> !text.equals(Setting.REQUIRED))
                            .map(RecordFields::defaultNode),
                    setting.map(Setting::value).orElse(""),
                    setting.map(Setting::secret).orElse(false));
        } catch (IllegalArgumentException unusable) {
            throw new IllegalArgumentException(
                    "%s.%s: %s".formatted(owner.getName(), component.getName(), unusable.getMessage()), unusable);
        }
    }

    private static Node defaultNode(String text) {
        var problems = new ArrayList<ConfigProblem>();
        return YamlReader.value(text, new Origin.Default(), problems)
                .filter(_ -> problems.isEmpty())
                .orElseThrow(() -> new IllegalArgumentException("the default %s is no YAML".formatted(text)));
    }

    private static Field.Presence presence(RecordComponent component) {
        var type = component.getType();
        if (type == Optional.class) {
            return Field.Presence.OPTIONAL;
        }
        if (type == OptionalInt.class) {
            return Field.Presence.OPTIONAL_INT;
        }
        if (type == OptionalLong.class) {
            return Field.Presence.OPTIONAL_LONG;
        }
        if (type == OptionalDouble.class) {
            return Field.Presence.OPTIONAL_DOUBLE;
        }
        return isNullable(component.getAnnotatedType()) ? Field.Presence.NULLABLE : Field.Presence.REQUIRED;
    }

    /** By name: an engine's class loader may have an annotation class of its own. */
    private static boolean isNullable(AnnotatedElement type) {
        return Arrays.stream(type.getAnnotations())
                .anyMatch(annotation ->
                        annotation.annotationType().getSimpleName().equals("Nullable"));
    }

    private static Shape shape(Type type, RecordComponent component, Shape.Range range) {
        var raw = raw(type);
        if (raw == List.class) {
            return new Shape.Items(shape(argument(type, 0), component, range));
        }
        if (raw == Map.class && argument(type, 0) == String.class) {
            return new Shape.Keyed(shape(argument(type, 1), component, range));
        }
        if (raw == Object.class) {
            return new Shape.FreeForm();
        }
        if (raw == RawSection.class) {
            return new Shape.Raw(Optional.ofNullable(component.getAnnotation(SelectedBy.class))
                    .map(SelectedBy::value));
        }
        if (raw.isRecord() && raw != ByteSize.class && raw != SecretFile.class) {
            return new Shape.Section(raw.asSubclass(Record.class));
        }
        return leaf(raw, range);
    }

    private static Shape leaf(Class<?> type, Shape.Range range) {
        if (type.isEnum()) {
            return new Shape.Choice(enumType(type));
        }
        return switch (type.getName()) {
            case "java.lang.String" -> new Shape.Text();
            case "boolean", "java.lang.Boolean" -> new Shape.Bool();
            case "int", "java.lang.Integer", "java.util.OptionalInt" -> new Shape.Whole(range, true);
            case "long", "java.lang.Long", "java.util.OptionalLong" -> new Shape.Whole(range, false);
            case "double", "java.lang.Double", "java.util.OptionalDouble" -> new Shape.Decimal(range);
            default -> {
                if (type == Path.class) {
                    yield new Shape.FilePath();
                }
                if (type == SecretFile.class) {
                    yield new Shape.SecretPath();
                }
                if (type == Duration.class) {
                    yield new Shape.Time(range);
                }
                if (type == ByteSize.class) {
                    yield new Shape.Size(range);
                }
                if (type == URI.class) {
                    yield new Shape.Address();
                }
                throw new IllegalArgumentException("a configuration has no values of " + type);
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static Class<? extends Enum<?>> enumType(Class<?> type) {
        return (Class<? extends Enum<?>>) type;
    }

    private static Type argument(Type type, int index) {
        if (type instanceof ParameterizedType parameterized) {
            return parameterized.getActualTypeArguments()[index];
        }
        throw new IllegalArgumentException("%s needs its type arguments".formatted(type.getTypeName()));
    }

    private static Class<?> raw(Type type) {
        return switch (type) {
            case Class<?> plain -> plain;
            case ParameterizedType parameterized -> (Class<?>) parameterized.getRawType();
            default -> throw new IllegalArgumentException("a configuration has no values of " + type.getTypeName());
        };
    }
}
