package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.api.ApiException;
import dev.nacelle.frontend.api.ChunkRenderer;
import dev.nacelle.frontend.api.JsonBuffer;
import dev.nacelle.frontend.api.RequestParser;
import dev.nacelle.frontend.api.ResponseBodies;
import dev.nacelle.frontend.api.ResponseHead;
import dev.nacelle.frontend.metrics.HttpEndpoint;
import dev.nacelle.frontend.text.Tokenizer;
import dev.nacelle.frontend.text.Tokenizer.LeadingSpace;
import dev.nacelle.spi.request.Usage;
import java.nio.ByteBuffer;
import java.util.List;

/** Where the API's two ways to ask for text differ. */
public enum Endpoint {
    CHAT(HttpEndpoint.CHAT_COMPLETIONS, "chatcmpl-", LeadingSpace.STRIP) {
        @Override
        Asked parse(RequestParser parser, ByteBuffer body) throws ApiException {
            var chat = parser.chat(body);
            return new Asked.Chat(chat.messages(), chat.chat(), chat.options());
        }

        @Override
        ChunkRenderer renderer(ResponseHead head, boolean includeUsage, Tokenizer tokenizer) {
            return ChunkRenderer.chat(head, 0, includeUsage, tokenizer);
        }

        @Override
        void render(JsonBuffer out, ResponseHead head, ResponseBodies.Choice choice, Usage usage, Tokenizer tokenizer) {
            ResponseBodies.chat(out, head, List.of(choice), usage, tokenizer);
        }
    },

    COMPLETION(HttpEndpoint.COMPLETIONS, "cmpl-", LeadingSpace.KEEP) {
        @Override
        Asked parse(RequestParser parser, ByteBuffer body) throws ApiException {
            var completion = parser.completion(body);
            return new Asked.Completion(completion.prompt(), completion.options());
        }

        @Override
        ChunkRenderer renderer(ResponseHead head, boolean includeUsage, Tokenizer tokenizer) {
            return ChunkRenderer.completion(head, 0, includeUsage, tokenizer);
        }

        @Override
        void render(JsonBuffer out, ResponseHead head, ResponseBodies.Choice choice, Usage usage, Tokenizer tokenizer) {
            ResponseBodies.completion(out, head, List.of(choice), usage, tokenizer);
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

    abstract ChunkRenderer renderer(ResponseHead head, boolean includeUsage, Tokenizer tokenizer);

    abstract void render(
            JsonBuffer out, ResponseHead head, ResponseBodies.Choice choice, Usage usage, Tokenizer tokenizer);
}
