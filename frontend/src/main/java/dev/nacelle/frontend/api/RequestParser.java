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

    private static final String PROMPT_EXPECTED = "a string or an array of token ids";

    private final JsonFactory factory;

    public RequestParser() {
        this(DEPTH_MAX);
    }

    /**
     * A parser of its own depth.
     *
     * @param depthMax levels of objects and arrays that a body may have, at least 1
     */
    public RequestParser(int depthMax) {
        if (depthMax < 1) throw new IllegalArgumentException("depth %d, expected at least 1".formatted(depthMax));
        factory = BodyReader.factory(depthMax);
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
            Optional<Prompt> prompt = Optional.empty();
            in.beginBody();
            for (var key = in.nextKey(); key != null; key = in.nextKey()) {
                if (key.equals("prompt")) prompt = Optional.of(readPrompt(in));
                else options.read(key);
            }
            in.endBody();
            var read = options.options();
            return new CompletionRequest(
                    prompt.orElseThrow(() -> new ApiException(
                            ApiError.invalid("prompt", "prompt: found nothing, expected " + PROMPT_EXPECTED))),
                    read);
        }
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

    /** A text, token ids, or an array of one of them. */
    private static Prompt readPrompt(BodyReader in) throws ApiException {
        if (!in.isArray()) return text(in);
        if (!in.nextElement()) throw in.invalid("found an empty array, expected " + PROMPT_EXPECTED);
        if (in.isNumber()) return tokens(in);
        Prompt prompt;
        if (in.isArray()) {
            if (!in.nextElement()) throw in.invalid("found an empty array, expected token ids");
            prompt = tokens(in);
        } else {
            prompt = text(in);
        }
        if (in.nextElement()) throw in.invalid("found a second prompt, expected one: send one request each");
        return prompt;
    }

    private static Prompt text(BodyReader in) throws ApiException {
        var text = in.string(PROMPT_EXPECTED);
        if (text.isEmpty()) throw in.invalid("found an empty text, expected at least one character");
        return new Prompt.Text(text);
    }

    /** The rest of an array whose first element the reader stands at. */
    private static Prompt tokens(BodyReader in) throws ApiException {
        return new Prompt.Tokens(OptionsReader.restOfTokenIds(in));
    }
}
