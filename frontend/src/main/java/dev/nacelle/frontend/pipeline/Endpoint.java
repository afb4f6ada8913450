package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.api.ApiException;
import dev.nacelle.frontend.api.BodyRenderer;
import dev.nacelle.frontend.api.ChunkStream;
import dev.nacelle.frontend.api.EmbeddingBody;
import dev.nacelle.frontend.api.EventRenderer;
import dev.nacelle.frontend.api.ReplyShape;
import dev.nacelle.frontend.api.RequestParser;
import dev.nacelle.frontend.api.ResponseBodies;
import dev.nacelle.frontend.api.ResponseEvents;
import dev.nacelle.frontend.api.ResponseObject;
import dev.nacelle.frontend.metrics.HttpEndpoint;
import dev.nacelle.frontend.text.Tokenizer.LeadingSpace;
import java.nio.ByteBuffer;
import java.util.Map;

/** Where the API's ways to ask for something differ. */
public enum Endpoint {
    CHAT(HttpEndpoint.CHAT_COMPLETIONS, "chatcmpl-", LeadingSpace.STRIP) {
        @Override
        Asked parse(RequestParser parser, ByteBuffer body) throws ApiException {
            var chat = parser.chat(body);
            return new Asked.Chat(chat.messages(), chat.chat(), chat.options(), Map.of());
        }

        @Override
        EventRenderer events(ReplyShape shape) {
            return ChunkStream.chat(shape);
        }

        @Override
        BodyRenderer body(ReplyShape shape, Asked asked) {
            return (out, choices, usage) -> ResponseBodies.chat(out, shape, choices, usage);
        }
    },

    RESPONSE(HttpEndpoint.RESPONSES, "resp_", LeadingSpace.STRIP) {
        @Override
        Asked parse(RequestParser parser, ByteBuffer body) throws ApiException {
            var request = parser.response(body);
            var chat = request.chat();
            return new Asked.Chat(chat.messages(), chat.chat(), chat.options(), request.said());
        }

        @Override
        EventRenderer events(ReplyShape shape) {
            return new ResponseEvents(shape);
        }

        @Override
        BodyRenderer body(ReplyShape shape, Asked asked) {
            return (out, choices, usage) -> ResponseObject.render(out, shape, choices.getFirst(), usage);
        }
    },

    EMBEDDING(HttpEndpoint.EMBEDDINGS, "embd-", LeadingSpace.KEEP) {
        @Override
        Asked parse(RequestParser parser, ByteBuffer body) throws ApiException {
            var request = parser.embedding(body);
            return new Asked.Embedding(request.inputs(), request.embedding(), request.options());
        }

        @Override
        EventRenderer events(ReplyShape shape) {
            throw new IllegalStateException("a stream of embeddings, which the parser refuses");
        }

        @Override
        BodyRenderer body(ReplyShape shape, Asked asked) {
            if (!(asked instanceof Asked.Embedding asks))
                throw new IllegalStateException("%s, expected a request for embeddings".formatted(asked));
            return (out, choices, usage) -> EmbeddingBody.render(out, shape.head(), asks.embedding(), choices, usage);
        }
    },

    COMPLETION(HttpEndpoint.COMPLETIONS, "cmpl-", LeadingSpace.KEEP) {
        @Override
        Asked parse(RequestParser parser, ByteBuffer body) throws ApiException {
            var completion = parser.completion(body);
            return new Asked.Completion(completion.prompts(), completion.options());
        }

        @Override
        EventRenderer events(ReplyShape shape) {
            return ChunkStream.completion(shape);
        }

        @Override
        BodyRenderer body(ReplyShape shape, Asked asked) {
            return (out, choices, usage) -> ResponseBodies.completion(out, shape, choices, usage);
        }
    };

    private final HttpEndpoint label;
    private final String idPrefix;
    private final LeadingSpace leadingSpace;

    Endpoint(HttpEndpoint label, String idPrefix, LeadingSpace leadingSpace) {
        this.label = label;
        this.idPrefix = idPrefix;
        this.leadingSpace = leadingSpace;
    }

    /** What the metrics call it. */
    public HttpEndpoint label() {
        return label;
    }

    /** The response's id. */
    String responseId(String requestId) {
        return idPrefix + requestId;
    }

    /** A completion goes on from its prompt, space and all; an answer is a text of its own. */
    LeadingSpace leadingSpace() {
        return leadingSpace;
    }

    abstract Asked parse(RequestParser parser, ByteBuffer body) throws ApiException;

    /** Writes a stream. */
    abstract EventRenderer events(ReplyShape shape);

    /** Writes a response in one piece. */
    abstract BodyRenderer body(ReplyShape shape, Asked asked);
}
