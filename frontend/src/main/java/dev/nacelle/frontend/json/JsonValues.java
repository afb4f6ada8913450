package dev.nacelle.frontend.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads any JSON as Java values. */
public final class JsonValues {
    private JsonValues() {}

    /**
     * The value at which {@code parser} stands: a map in the order of the text, a list, a string, a boolean, null, a
     * {@code Long} or {@code BigInteger}, or a finite {@code Double}. The parser's own limits bound depth and size.
     *
     * @throws IOException when it is no JSON, or a number is beyond a double
     */
    public static @Nullable Object read(JsonParser parser) throws IOException {
        var token = parser.currentToken();
        if (token == null) throw new IOException("expected a JSON value, found the end");
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? parser.getBigIntegerValue()
                        : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> finite(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IOException("expected a JSON value, found " + token);
        };
    }

    /** Its nulls are the caller's: engines get maps as Java has them. */
    @SuppressWarnings("NullAway")
    private static Map<String, Object> object(JsonParser parser) throws IOException {
        var map = new LinkedHashMap<String, Object>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var key = parser.currentName();
            parser.nextToken();
            map.put(key, read(parser));
        }
        return map;
    }

    @SuppressWarnings("NullAway")
    private static List<Object> array(JsonParser parser) throws IOException {
        var list = new ArrayList<Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) list.add(read(parser));
        return list;
    }

    private static Double finite(JsonParser parser) throws IOException {
        double value = parser.getDoubleValue();
        if (!Double.isFinite(value)) throw new IOException("number %s is out of range".formatted(parser.getText()));
        return value;
    }
}
