package dev.nacelle.frontend.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.nacelle.frontend.json.JsonValues;
import dev.nacelle.frontend.text.Surrogates;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks a request's body, value by value. Whatever is not as expected becomes an {@link ApiException} that names the
 * field, what was found there and what was expected.
 */
final class BodyReader implements AutoCloseable {
    private static final int NAME_CHARS_MAX = 50_000;
    private static final int NUMBER_CHARS_MAX = 1000;
    private static final int SHOWN_CHARS_MAX = 40;
    private static final int REASON_CHARS_MAX = 160;

    private final JsonParser parser;
    private final StreamReadConstraints limits;

    private BodyReader(JsonParser parser, StreamReadConstraints limits) {
        this.parser = parser;
        this.limits = limits;
    }

    /** A factory for {@link #open}. */
    static JsonFactory factory(int depthMax, int stringMax) {
        return JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                // JSON is UTF-8; a guess at UTF-16 or UTF-32 would bypass the check that it is.
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                // Keys come from callers: an interned one would stay for ever.
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                // One virtual thread a request: what is kept per thread is never used again.
                .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(depthMax)
                        .maxStringLength(stringMax)
                        .maxNameLength(NAME_CHARS_MAX)
                        .maxNumberLength(NUMBER_CHARS_MAX)
                        .build())
                .build();
    }

    /** Opens {@code body} at its first value. */
    static BodyReader open(JsonFactory factory, byte[] body, int from, int length) throws ApiException {
        checkUtf8(body, from, length);
        try {
            var parser = factory.createParser(body, from, length);
            return new BodyReader(parser, factory.streamReadConstraints());
        } catch (IOException e) {
            throw new ApiException(ApiError.malformed("the body cannot be read"));
        }
    }

    /** The parser accepts overlong forms and surrogates. */
    private static void checkUtf8(byte[] body, int from, int length) throws ApiException {
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var in = ByteBuffer.wrap(body, from, length);
        var scratch = CharBuffer.allocate(Math.min(length + 1, 2048));
        while (true) {
            var result = decoder.decode(in, scratch, true);
            if (result.isUnderflow()) return;
            if (result.isError())
                throw new ApiException(
                        ApiError.malformed("the body is not valid UTF-8 at byte %d: expected JSON in UTF-8"
                                .formatted(in.position() - from)));
            scratch.clear();
        }
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            // Nothing is read any more, and there is nothing to free but the parser's own buffers.
        }
    }

    /** Steps into the object that the body must be. */
    void beginBody() throws ApiException {
        if (step() != JsonToken.START_OBJECT)
            throw new ApiException(ApiError.malformed("the body is %s, expected a JSON object"
                    .formatted(parser.currentToken() == null ? "empty" : found())));
    }

    /** Nothing may follow the object. */
    void endBody() throws ApiException {
        if (step() != null)
            throw new ApiException(ApiError.malformed("the body goes on after its JSON object, expected its end"));
    }

    /** The next key of the object, the reader then standing at its value; null at the object's end. */
    @Nullable
    String nextKey() throws ApiException {
        if (step() != JsonToken.FIELD_NAME) return null;
        try {
            var key = parser.currentName();
            step();
            return key;
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** Moves to the next element of the array; false at its end. */
    boolean nextElement() throws ApiException {
        return step() != JsonToken.END_ARRAY;
    }

    boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    boolean isString() {
        return parser.currentToken() == JsonToken.VALUE_STRING;
    }

    boolean isArray() {
        return parser.currentToken() == JsonToken.START_ARRAY;
    }

    boolean isObject() {
        return parser.currentToken() == JsonToken.START_OBJECT;
    }

    boolean isNumber() {
        return parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
    }

    /** A string of whole characters. */
    String string(String expected) throws ApiException {
        if (!isString()) throw wrong(expected);
        try {
            var text = parser.getText();
            if (Surrogates.isUnpaired(text))
                throw invalid(
                        "found an unpaired surrogate (half a character, such as \\ud83d alone), expected " + expected);
            return text;
        } catch (IOException e) {
            throw broken(e);
        }
    }

    boolean bool() throws ApiException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> throw wrong("true or false");
        };
    }

    int integer(int min, int max) throws ApiException {
        return (int) integer(min, max, "a whole number from " + min + " to " + max);
    }

    long integer(long min, long max, String expected) throws ApiException {
        if (!isNumber()) throw wrong(expected);
        try {
            // A number beyond long is beyond every range here.
            if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) throw wrong(expected);
            long value = parser.getLongValue();
            if (value < min || value > max) throw wrong(expected);
            return value;
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** A number of any spelling within closed bounds. */
    double number(double min, double max, String expected) throws ApiException {
        if (!isNumber() && parser.currentToken() != JsonToken.VALUE_NUMBER_FLOAT) throw wrong(expected);
        try {
            double value = parser.getDoubleValue();
            if (!(value >= min && value <= max)) throw wrong(expected);
            return value;
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** Any value, as Java values. */
    @Nullable
    Object value() throws ApiException {
        try {
            return JsonValues.read(parser);
        } catch (JsonProcessingException e) {
            throw broken(e);
        } catch (IOException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    /** The path of the value at which the reader stands: {@code messages[0].role}. */
    String path() {
        var path = new StringBuilder();
        for (JsonStreamContext at = parser.getParsingContext(); at != null; at = at.getParent()) {
            if (at.inArray() && at.hasCurrentIndex()) path.insert(0, "[%d]".formatted(at.getCurrentIndex()));
            else if (at.inObject() && at.hasCurrentName()) path.insert(0, "." + shortened(at.getCurrentName()));
        }
        return path.isEmpty() || path.charAt(0) != '.' ? path.toString() : path.substring(1);
    }

    /** The value at which the reader stands is not {@code expected}. */
    ApiException wrong(String expected) {
        return invalid("found %s, expected %s".formatted(found(), expected));
    }

    /** Something is wrong with the value at which the reader stands. */
    ApiException invalid(String what) {
        var path = path();
        return new ApiException(ApiError.invalid(path, path + ": " + what));
    }

    private String found() {
        try {
            return switch (parser.currentToken()) {
                case START_OBJECT -> "an object";
                case START_ARRAY -> "an array";
                case VALUE_STRING -> "the string \"" + shortened(parser.getText()) + "\"";
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> shortened(parser.getText());
                case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> parser.getText();
                case null, default -> "nothing";
            };
        } catch (IOException e) {
            return "something unreadable";
        }
    }

    static String shortened(String text) {
        if (text.length() <= SHOWN_CHARS_MAX) return text;
        int end = Character.isHighSurrogate(text.charAt(SHOWN_CHARS_MAX - 1)) ? SHOWN_CHARS_MAX - 1 : SHOWN_CHARS_MAX;
        return text.substring(0, end) + "…";
    }

    private @Nullable JsonToken step() throws ApiException {
        try {
            return parser.nextToken();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private ApiException broken(IOException e) {
        var at = parser.currentLocation();
        var message = "the body is no valid JSON at line %d, column %d: %s"
                .formatted(at.getLineNr(), at.getColumnNr(), reason(e));
        var path = path();
        var error = ApiError.malformed(path.isEmpty() ? message : message + " (in " + path + ")");
        return new ApiException(new ApiError(
                error.status(),
                error.type(),
                error.code(),
                path.isEmpty() ? Optional.empty() : Optional.of(path),
                error.message(),
                error.retryAfter(),
                error.label()));
    }

    /** The parser's own words, where they speak of the JSON and not of its settings. */
    private String reason(IOException e) {
        return switch (e) {
            case StreamConstraintsException tooMuch
            when tooMuch.getOriginalMessage().contains("nesting") ->
                "nested deeper than %d levels".formatted(limits.getMaxNestingDepth());
            case StreamConstraintsException tooMuch
            when tooMuch.getOriginalMessage().startsWith("String value") ->
                "a string of more than %d characters".formatted(limits.getMaxStringLength());
            case StreamConstraintsException _ -> "a number or a key too long";
            case JsonEOFException _ -> "it ends too early";
            case JsonProcessingException other -> shortenedReason(other.getOriginalMessage());
            default -> "it cannot be read";
        };
    }

    /** Without what follows the last colon before a setting's name: its hints are for this parser's programmer. */
    private static String shortenedReason(String message) {
        int backtick = message.indexOf('`');
        int setting = backtick >= 0 ? backtick : message.indexOf("Feature");
        var text = setting < 0 ? message : message.substring(0, Math.max(0, message.lastIndexOf(':', setting)));
        if (text.isEmpty()) return "unexpected content";
        return text.length() > REASON_CHARS_MAX ? text.substring(0, REASON_CHARS_MAX) + "…" : text;
    }
}
