package dev.nacelle.frontend.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.nacelle.frontend.json.JsonObject;
import dev.nacelle.frontend.json.JsonValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a {@code tokenizer.json} that printing tokens needs, read in one pass: it may be tens of megabytes, most
 * of it merges.
 */
final class TokenizerJson {
    /** Ids beyond this are a broken file, not a vocabulary. */
    private static final int ID_MAX = 1 << 24;

    private static final JsonFactory JSON = JsonFactory.builder()
            // Every key of the vocabulary is met once: nothing is gained by remembering it.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNameLength(1 << 20).build())
            .build();

    private @Nullable String[] model = new @Nullable String[1024];
    private @Nullable String[] added = new @Nullable String[0];
    private int size;
    private final BitSet special = new BitSet();
    private final List<BorderTokens.Added> raw = new ArrayList<>();
    private JsonObject decoder = JsonObject.EMPTY;
    private boolean postProcessor;

    private TokenizerJson() {}

    /** @throws IOException when it is no JSON object, or a vocabulary entry is of the wrong type */
    static TokenizerJson parse(byte[] json) throws IOException {
        var result = new TokenizerJson();
        try (var parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) throw wrong(parser, "a JSON object");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var key = parser.currentName();
                parser.nextToken();
                switch (key) {
                    case "added_tokens" -> result.readAdded(parser);
                    case "model" -> result.readModel(parser);
                    case "decoder" -> result.decoder = object(parser);
                    case "post_processor" -> {
                        result.postProcessor = parser.currentToken() != JsonToken.VALUE_NULL;
                        parser.skipChildren();
                    }
                    default -> parser.skipChildren();
                }
            }
        }
        return result;
    }

    /** Spelling by id, null where no token has that id. Added tokens come before the model's own. */
    @Nullable
    String[] tokens() {
        var tokens = Arrays.copyOf(model, size);
        for (int id = 0; id < added.length && id < size; id++) if (added[id] != null) tokens[id] = added[id];
        return tokens;
    }

    BitSet special() {
        return special;
    }

    /** The added tokens that are looked for in a text as it was given. */
    List<BorderTokens.Added> rawAdded() {
        return raw;
    }

    JsonObject decoder() {
        return decoder;
    }

    boolean hasPostProcessor() {
        return postProcessor;
    }

    private void readAdded(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) throw wrong(parser, "an array of added tokens");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            var token = object(parser);
            var content = token.string("content");
            if (token.integer("id").isEmpty() || content.isEmpty())
                throw wrong(parser, "added tokens with an id and a content");
            int id = checked(parser, token.integer("id").get());
            if (id >= added.length) added = Arrays.copyOf(added, grown(added.length, id));
            added[id] = content.get();
            if (!token.bool("normalized").orElse(true))
                raw.add(new BorderTokens.Added(
                        id, content.get(), token.bool("single_word").orElse(false)));
            if (token.bool("special").orElse(false)) special.set(id);
            size = Math.max(size, id + 1);
        }
    }

    private void readModel(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) throw wrong(parser, "a model object");
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var key = parser.currentName();
            parser.nextToken();
            if (!key.equals("vocab")) parser.skipChildren();
            else if (parser.currentToken() == JsonToken.START_OBJECT) readMap(parser);
            else if (parser.currentToken() == JsonToken.START_ARRAY) readUnigram(parser);
            else throw wrong(parser, "a vocabulary");
        }
    }

    private void readMap(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var token = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT) throw wrong(parser, "an id for each token");
            put(checked(parser, parser.getLongValue()), token);
        }
    }

    /** A unigram vocabulary is a list of pairs of token and score; a token's place is its id. */
    private void readUnigram(JsonParser parser) throws IOException {
        for (int id = 0; parser.nextToken() != JsonToken.END_ARRAY; id++) {
            if (parser.currentToken() != JsonToken.START_ARRAY || parser.nextToken() != JsonToken.VALUE_STRING)
                throw wrong(parser, "pairs of token and score");
            put(checked(parser, id), parser.getText());
            while (parser.nextToken() != JsonToken.END_ARRAY) parser.skipChildren();
        }
    }

    private void put(int id, String token) {
        if (id >= model.length) model = Arrays.copyOf(model, grown(model.length, id));
        model[id] = token;
        size = Math.max(size, id + 1);
    }

    private static int grown(int length, int id) {
        return Math.max(length * 2, id + 1);
    }

    private static JsonObject object(JsonParser parser) throws IOException {
        return JsonValues.read(parser) instanceof Map<?, ?> map ? JsonObject.of(map) : JsonObject.EMPTY;
    }

    private static int checked(JsonParser parser, long id) throws IOException {
        if (id < 0 || id >= ID_MAX) throw wrong(parser, "ids from 0 to %d, not %d".formatted(ID_MAX - 1, id));
        return (int) id;
    }

    private static IOException wrong(JsonParser parser, String expected) {
        var at = parser.currentLocation();
        return new IOException("line %d, column %d: expected %s".formatted(at.getLineNr(), at.getColumnNr(), expected));
    }
}
