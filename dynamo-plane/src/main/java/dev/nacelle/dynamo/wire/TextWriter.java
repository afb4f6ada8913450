package dev.nacelle.dynamo.wire;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.util.UUID;

/** Renders what an engine that gives text says, as OpenAI's chunks. */
final class TextWriter implements ResponseWriter {
    private final boolean isChat;
    private final boolean usage;
    private final byte[] head;
    private boolean begun;

    /** @param usage whether the client asked for what the request consumed */
    TextWriter(String model, boolean isChat, boolean usage) {
        this.isChat = isChat;
        this.usage = usage;
        var out = new FrameBuffer(256);
        out.put("{\"id\":\"")
                .put(isChat ? "chatcmpl-" : "cmpl-")
                .put(UUID.randomUUID().toString());
        out.put("\",\"object\":\"").put(isChat ? "chat.completion.chunk" : "text_completion");
        out.put("\",\"created\":")
                .put(Long.toString(System.currentTimeMillis() / 1000))
                .put(",\"model\":");
        JsonText.put(model, out);
        out.put(",\"choices\":[");
        head = new byte[out.size()];
        out.view().get(head);
    }

    @Override
    public void token(int id, FrameBuffer to) {
        throw new IllegalArgumentException("a token without text, from an engine that declared text");
    }

    @Override
    public void chunk(Chunk chunk, FrameBuffer to) {
        if (chunk.embedding().isPresent())
            throw new IllegalArgumentException("an embedding, which this plane has no requests for");
        if (chunk.text().isEmpty()) {
            if (!chunk.tokens().isEmpty()) token(chunk.tokens().at(0), to);
            return;
        }
        item(to);
        choice(chunk.index(), chunk.text().get(), to);
        to.put(",\"finish_reason\":null}]}").put(Stream.ITEM_END).endBody();
    }

    @Override
    public void flush(FrameBuffer to) {}

    @Override
    public void finished(FinishReason reason, Usage consumed, FrameBuffer to) {
        if (reason == FinishReason.ERROR) {
            failed(new EngineError.Unknown("the engine could not go on"), to);
            return;
        }
        item(to);
        choice(0, "", to);
        to.put(",\"finish_reason\":\"")
                .put(word(reason))
                .put("\"}]}")
                .put(Stream.ITEM_END)
                .endBody();
        if (usage) {
            item(to);
            to.put("],\"usage\":{\"prompt_tokens\":").put(consumed.promptTokens());
            to.put(",\"completion_tokens\":").put(consumed.completionTokens());
            to.put(",\"total_tokens\":").put(consumed.promptTokens() + consumed.completionTokens());
            to.put("}}").put(Stream.ITEM_END).endBody();
        }
        Stream.end(to);
    }

    private void item(FrameBuffer to) {
        to.begin().put(Stream.ITEM).put(head);
    }

    private void choice(int index, String text, FrameBuffer to) {
        to.put("{\"index\":").put(index);
        if (isChat) {
            to.put(begun ? ",\"delta\":{\"content\":" : ",\"delta\":{\"role\":\"assistant\",\"content\":");
            JsonText.put(text, to);
            to.put('}');
        } else {
            to.put(",\"text\":");
            JsonText.put(text, to);
        }
        begun = true;
    }

    /** OpenAI has no word for a response that its client gave up; nobody reads it. */
    private static String word(FinishReason reason) {
        return switch (reason) {
            case STOP, CANCELLED -> "stop";
            case LENGTH, CONTENT_FILTER, TOOL_CALLS -> reason.wireName();
            case ERROR -> throw new IllegalArgumentException("an error has a class, not a word");
        };
    }
}
