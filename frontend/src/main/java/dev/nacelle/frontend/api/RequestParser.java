package dev.nacelle.frontend.api;

import com.fasterxml.jackson.core.JsonFactory;
import dev.nacelle.frontend.text.ChatMessage;
import dev.nacelle.spi.request.Prompt;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Reads request bodies, strictly: malformed JSON, keys that occur twice, wrong types and values out of range are refused
 * with a message that names the field. Keys that are not known here are kept for the engine. Immutable, safe from any
 * thread.
 */
public final class RequestParser {
    /** Deep enough for a tool's schema. */
    public static final int DEPTH_MAX = 64;

    /** No body that is allowed by default has a longer one. */
    public static final int STRING_CHARS_MAX = 8_000_000;

    private final JsonFactory factory;

    public RequestParser() {
        this(DEPTH_MAX, STRING_CHARS_MAX);
    }

    /**
     * A parser with limits of its own.
     *
     * @param depthMax levels of objects and arrays that a body may have, at least 1
     * @param stringMax characters that a string in it may have, at least 1
     */
    public RequestParser(int depthMax, int stringMax) {
        if (depthMax < 1) throw new IllegalArgumentException("depth %d, expected at least 1".formatted(depthMax));
        if (stringMax < 1)
            throw new IllegalArgumentException("strings of %d characters, expected at least 1".formatted(stringMax));
        factory = BodyReader.factory(depthMax, stringMax);
    }

    /** The body of {@code POST /v1/chat/completions}. */
    public ChatRequest chat(byte[] body) throws ApiException {
        return chat(ByteBuffer.wrap(body));
    }

    /** The same from a buffer with an array behind it, whose position stays. */
    public ChatRequest chat(ByteBuffer body) throws ApiException {
        try (var in = open(body)) {
            var chat = new ChatOptionsReader();
            var options = new OptionsReader(in, Parameter.Kind.CHAT, chat::read);
            Optional<List<ChatMessage>> messages = Optional.empty();
            in.beginBody();
            for (var key = in.nextKey(); key != null; key = in.nextKey()) {
                if (key.equals("messages")) messages = Optional.of(MessageReader.readAll(in));
                else options.read(key);
            }
            in.endBody();
            var read = options.options();
            return new ChatRequest(
                    messages.orElseThrow(() -> new ApiException(
                            ApiError.invalid("messages", "messages: found nothing, expected an array of messages"))),
                    chat.options(),
                    read);
        }
    }

    /** The body of {@code POST /v1/completions}. */
    public CompletionRequest completion(byte[] body) throws ApiException {
        return completion(ByteBuffer.wrap(body));
    }

    /** The same from a buffer with an array behind it, whose position stays. */
    public CompletionRequest completion(ByteBuffer body) throws ApiException {
        try (var in = open(body)) {
            var options = new OptionsReader(in, Parameter.Kind.COMPLETION, (_, _) -> false);
            List<Prompt> prompts = List.of();
            in.beginBody();
            for (var key = in.nextKey(); key != null; key = in.nextKey()) {
                if (key.equals("prompt")) prompts = PromptReader.read(in, OptionsReader.CHOICES_MAX);
                else options.read(key);
            }
            in.endBody();
            var read = options.options();
            if (prompts.isEmpty()) throw missing("prompt");
            int choices = prompts.size() * read.bestOf();
            if (choices > OptionsReader.CHOICES_MAX)
                throw new ApiException(ApiError.invalid(
                        "prompt",
                        "prompt: found %d with %d choices each, expected at most %d choices in one request"
                                .formatted(prompts.size(), read.bestOf(), OptionsReader.CHOICES_MAX)));
            return new CompletionRequest(prompts, read);
        }
    }

    /** The body of {@code POST /v1/embeddings}. */
    public EmbeddingRequest embedding(byte[] body) throws ApiException {
        return embedding(ByteBuffer.wrap(body));
    }

    /** The same from a buffer with an array behind it, whose position stays. */
    public EmbeddingRequest embedding(ByteBuffer body) throws ApiException {
        try (var in = open(body)) {
            var embedding = new EmbeddingReader();
            var options = new OptionsReader(in, Parameter.Kind.EMBEDDING, embedding::read);
            List<Prompt> inputs = List.of();
            in.beginBody();
            for (var key = in.nextKey(); key != null; key = in.nextKey()) {
                if (key.equals("input")) inputs = PromptReader.read(in, EmbeddingReader.INPUTS_MAX);
                else options.read(key);
            }
            in.endBody();
            var read = options.options();
            if (inputs.isEmpty()) throw missing("input");
            return new EmbeddingRequest(inputs, embedding.options(), read);
        }
    }

    private static ApiException missing(String field) {
        return new ApiException(
                ApiError.invalid(field, "%s: found nothing, expected %s".formatted(field, PromptReader.EXPECTED)));
    }

    /** The body of {@code POST /v1/responses}. */
    public ResponseRequest response(byte[] body) throws ApiException {
        return response(ByteBuffer.wrap(body));
    }

    /** The same from a buffer with an array behind it, whose position stays. */
    public ResponseRequest response(ByteBuffer body) throws ApiException {
        try (var in = open(body)) {
            var guided = new GuidedReader();
            var response = new ResponseReader(guided);
            var options = new OptionsReader(in, Parameter.Kind.RESPONSE, guided, response::read);
            in.beginBody();
            for (var key = in.nextKey(); key != null; key = in.nextKey()) options.read(key);
            in.endBody();
            return response.request(options.options());
        }
    }

    private BodyReader open(ByteBuffer body) throws ApiException {
        return BodyReader.open(factory, body.array(), body.arrayOffset() + body.position(), body.remaining());
    }
}
