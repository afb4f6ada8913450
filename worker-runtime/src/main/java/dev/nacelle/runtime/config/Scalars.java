package dev.nacelle.runtime.config;

import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One scalar to the value its shape asks for. Plain and quoted numbers are the same; nothing is rounded or guessed. */
final class Scalars {
    private static final int DIGITS_MAX = 400;
    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,40}");
    private static final Pattern DECIMAL = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

    private Scalars() {}

    /** Empty if the text is nothing the shape takes. */
    static Optional<Object> read(Shape.Leaf shape, String text, Path baseFolder) {
        return switch (shape) {
            case Shape.Text _ -> Optional.of(text);
            case Shape.Bool _ -> bool(text).map(value -> value);
            case Shape.Whole whole -> whole(whole, text);
            case Shape.Decimal decimal ->
                decimal(text).filter(decimal.range()::holds).map(value -> value);
            case Shape.Choice choice -> choice(choice, text);
            case Shape.FilePath _ -> path(text, baseFolder).map(value -> value);
            case Shape.SecretPath _ -> path(text, baseFolder).map(SecretFile::new);
            case Shape.Time time ->
                Durations.parse(text).filter(value -> holds(time, value)).map(value -> value);
            case Shape.Size size ->
                size(text)
                        .filter(value -> size.range().holds((double) value.bytes()))
                        .map(value -> value);
            case Shape.Address _ -> uri(text);
        };
    }

    /** What an unquoted scalar means where any value may stand: YAML 1.2's core schema. */
    static @Nullable Object free(Node.Scalar scalar) {
        var text = scalar.text();
        if (!scalar.plain()) {
            return text;
        }
        if (scalar.isNull()) {
            return null;
        }
        var bool = bool(text);
        if (bool.isPresent()) {
            return bool.get();
        }
        if (WHOLE.matcher(text).matches()) {
            var whole = new BigInteger(text);
            return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole;
        }
        return decimal(text).<Object>map(value -> value).orElse(text);
    }

    /** The value as YAML text, which reads back as the same value. */
    static String print(Shape.Leaf shape, Object value) {
        return switch (shape) {
            case Shape.Choice _ -> Shape.Choice.name((Enum<?>) value);
            case Shape.Time _ -> Durations.format((Duration) value);
            case Shape.Address _ -> YamlText.scalar(withoutPassword((URI) value));
            case Shape.Text _, Shape.FilePath _, Shape.SecretPath _ -> YamlText.scalar(value.toString());
            case Shape.Decimal _ -> Shape.Range.number((Double) value);
            case Shape.Bool _, Shape.Whole _, Shape.Size _ -> value.toString();
        };
    }

    private static Optional<Boolean> bool(String text) {
        return switch (text) {
            case "true", "True", "TRUE" -> Optional.of(true);
            case "false", "False", "FALSE" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<Object> whole(Shape.Whole shape, String text) {
        if (!WHOLE.matcher(text).matches()) {
            return Optional.empty();
        }
        var value = new BigInteger(text);
        int bits = shape.isInt() ? Integer.SIZE : Long.SIZE;
        if (value.bitLength() >= bits || !shape.range().holds(value.doubleValue())) {
            return Optional.empty();
        }
        return Optional.of(shape.isInt() ? (Object) value.intValue() : (Object) value.longValue());
    }

    private static Optional<Double> decimal(String text) {
        return text.length() <= DIGITS_MAX && DECIMAL.matcher(text).matches()
                ? Optional.of(Double.parseDouble(text)).filter(Double::isFinite)
                : Optional.empty();
    }

    private static Optional<Object> choice(Shape.Choice choice, String text) {
        var name = text.replace('-', '_');
        return Arrays.stream(choice.type().getEnumConstants())
                .filter(constant -> Shape.Choice.name(constant).equals(name))
                .<Object>map(constant -> constant)
                .findFirst();
    }

    private static Optional<Path> path(String text, Path baseFolder) {
        if (text.isEmpty() || text.equals("~") || text.startsWith("~/")) {
            return Optional.empty();
        }
        try {
            return Optional.of(baseFolder.resolve(text).normalize());
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }

    private static boolean holds(Shape.Time time, Duration value) {
        return time.range().holds(value.toNanos() / 1e9);
    }

    private static Optional<ByteSize> size(String text) {
        try {
            return Optional.of(ByteSize.parse(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Optional<Object> uri(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(new URI(text));
        } catch (URISyntaxException _) {
            return Optional.empty();
        }
    }

    private static String withoutPassword(URI uri) {
        var user = uri.getRawUserInfo();
        if (user == null || !user.contains(":")) {
            return uri.toString();
        }
        return uri.toString().replace(user + "@", user.substring(0, user.indexOf(':')) + ":***@");
    }
}
