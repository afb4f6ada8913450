package dev.nacelle.python.bridge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as maps, lists, strings, numbers, booleans and null. */
public final class Json {
    /** Python writes NaN and Infinity as they are. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private Json() {}

    /** @throws IllegalArgumentException when it is none */
    static @Nullable Object parse(byte[] text) {
        try (var parser = FACTORY.createParser(text)) {
            parser.nextToken();
            return value(parser);
        } catch (IOException e) {
            throw new IllegalArgumentException("bytes from Python that are no JSON", e);
        }
    }

    /** @throws IllegalArgumentException when it is no object */
    static Map<String, @Nullable Object> object(byte[] text) {
        return object(parse(text));
    }

    /** The object that {@code value} is; one without keys where it is null. */
    @SuppressWarnings("unchecked") // of this class's own making
    public static Map<String, @Nullable Object> object(@Nullable Object value) {
        if (value == null) return Map.of();
        if (value instanceof Map<?, ?> map) return (Map<String, @Nullable Object>) map;
        throw new IllegalArgumentException("JSON from Python that is no object");
    }

    /** The same for the SPI, whose maps hold JSON's null without saying so. */
    @SuppressWarnings({"unchecked", "NullAway"})
    public static Map<String, Object> map(@Nullable Object value) {
        return (Map<String, Object>) (Object) object(value);
    }

    /** The list that {@code value} is; an empty one where it is null. */
    public static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    static byte[] write(Map<String, ? extends @Nullable Object> object) {
        var bytes = new ByteArrayOutputStream(256);
        try (var generator = FACTORY.createGenerator(bytes)) {
            write(generator, object);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator to, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> to.writeNull();
            case Map<?, ?> map -> {
                to.writeStartObject();
                for (var entry : map.entrySet()) {
                    to.writeFieldName(String.valueOf(entry.getKey()));
                    write(to, entry.getValue());
                }
                to.writeEndObject();
            }
            case Iterable<?> items -> {
                to.writeStartArray();
                for (var item : items) write(to, item);
                to.writeEndArray();
            }
            case Boolean flag -> to.writeBoolean(flag);
            case Integer number -> to.writeNumber(number);
            case Long number -> to.writeNumber(number);
            case Number number -> to.writeNumber(number.toString());
            default -> to.writeString(value.toString());
        }
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                var map = new LinkedHashMap<String, @Nullable Object>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    var key = parser.currentName();
                    parser.nextToken();
                    map.put(key, value(parser));
                }
                yield map;
            }
            case START_ARRAY -> {
                var list = new ArrayList<@Nullable Object>();
                while (parser.nextToken() != JsonToken.END_ARRAY) list.add(value(parser));
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }
}
