package dev.nacelle.frontend.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.nacelle.frontend.json.JsonValues;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON strictly, with a parser that is not set up as the one under test. */
final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    static @Nullable Object read(String json) {
        try (var parser = FACTORY.createParser(json)) {
            parser.nextToken();
            var value = JsonValues.read(parser);
            if (parser.nextToken() != null) throw new AssertionError("more than one value: " + json);
            return value;
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    static Map<?, ?> object(String json) {
        if (read(json) instanceof Map<?, ?> map) return map;
        throw new AssertionError("no object: " + json);
    }
}
