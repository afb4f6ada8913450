package dev.nacelle.frontend.api;

import dev.nacelle.frontend.text.Tokenizer;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Writes the server-sent events of one choice of a stream: what all of them have in common is rendered once, so that a
 * piece of text costs two copies and its escaping. Order: {@link #begin}, {@link #text} any number of times,
 * {@link #finish}, {@link #usage} if asked for, {@link #done}; or {@link #error} at any time, and nothing after it.
 *
 * <p>For one thread at a time. {@code text} without log-probabilities allocates nothing but the buffer's growth.
 */
public final class ChunkRenderer {
    private static final byte[] DONE = JsonBuffer.ascii("data: [DONE]\n\n");
    private static final byte[] WAITING = JsonBuffer.ascii(": waiting\n\n");
    private static final String TAIL = "}]}\n\n";
    /** A caller who asked for usage is told in every other chunk that this is not it. */
    private static final String TAIL_BEFORE_USAGE = "}],\"usage\":null}\n\n";
    // Shared by all streams, so that the memory is always at hand.
    private static final Map<Shape, byte[]> TEXT_TAILS = textTails(TAIL);
    private static final Map<Shape, byte[]> TEXT_TAILS_BEFORE_USAGE = textTails(TAIL_BEFORE_USAGE);

    private final Shape shape;
    private final LogProbs logProbs;
    /** Up to the text, its opening quote included. */
    private final byte[] textHead;
    /** From the text's closing quote to the event's end. */
    private final byte[] textTail;
    /** Up to and with the choice's index and the comma behind it. */
    private final byte[] choiceHead;
    /** What closes the choice, and the event. */
    private final String tail;
    /** Up to the list of choices. */
    private final byte[] head;

    private ChunkRenderer(Shape shape, ResponseHead response, int index, boolean includeUsage, Tokenizer tokenizer) {
        this.shape = shape;
        logProbs = new LogProbs(tokenizer);
        var out = new JsonBuffer();
        out.raw("data: ");
        response.write(out, shape.object);
        out.raw("\"choices\":[");
        head = out.toArray();
        out.raw("{\"index\":").number(index).raw(",");
        choiceHead = out.toArray();
        out.raw(shape.textOpen).raw("\"");
        textHead = out.toArray();
        tail = includeUsage ? TAIL_BEFORE_USAGE : TAIL;
        textTail = Objects.requireNonNull((includeUsage ? TEXT_TAILS_BEFORE_USAGE : TEXT_TAILS).get(shape));
    }

    private static Map<Shape, byte[]> textTails(String tail) {
        return Map.of(Shape.CHAT, Shape.CHAT.textTail(tail), Shape.COMPLETION, Shape.COMPLETION.textTail(tail));
    }

    /** Where chats and completions differ. */
    private enum Shape {
        CHAT("chat.completion.chunk", "\"delta\":{\"content\":", "}", "\"delta\":{}"),
        COMPLETION("text_completion", "\"text\":", "", "\"text\":\"\"");

        private final String object;
        private final String textOpen;
        private final String textClose;
        private final String noText;

        Shape(String object, String textOpen, String textClose, String noText) {
            this.object = object;
            this.textOpen = textOpen;
            this.textClose = textClose;
            this.noText = noText;
        }

        private byte[] textTail(String tail) {
            return JsonBuffer.ascii("\"" + textClose + ",\"logprobs\":null,\"finish_reason\":null" + tail);
        }
    }

    /**
     * For a choice of a chat.
     *
     * @param includeUsage whether {@link #usage} will be called
     * @param tokenizer names the tokens of log-probabilities
     */
    public static ChunkRenderer chat(ResponseHead head, int index, boolean includeUsage, Tokenizer tokenizer) {
        return new ChunkRenderer(Shape.CHAT, head, index, includeUsage, tokenizer);
    }

    /** The same for a choice of a completion. */
    public static ChunkRenderer completion(ResponseHead head, int index, boolean includeUsage, Tokenizer tokenizer) {
        return new ChunkRenderer(Shape.COMPLETION, head, index, includeUsage, tokenizer);
    }

    /** The first event: who speaks. Completions have none. */
    public void begin(JsonBuffer out) {
        if (shape == Shape.COMPLETION) return;
        out.raw(choiceHead)
                .raw("\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null")
                .raw(tail);
    }

    /** As {@link EventRenderer#touch}. */
    int touch() {
        return textHead[0] + textHead[textHead.length / 2] + textHead[textHead.length - 1];
    }

    /** A piece of the text. */
    public void text(JsonBuffer out, CharSequence delta) {
        out.raw(textHead).escaped(delta).raw(textTail);
    }

    /** A piece of the text and the log-probabilities of the tokens it came of; either may be empty. */
    public void text(JsonBuffer out, CharSequence delta, List<TokenLogProb> tokens) {
        out.raw(textHead).escaped(delta).raw("\"").raw(shape.textClose).raw(",\"logprobs\":");
        switch (shape) {
            case CHAT -> logProbs.writeChat(out, tokens);
            case COMPLETION -> logProbs.writeCompletion(out, tokens);
        }
        out.raw(",\"finish_reason\":null").raw(tail);
    }

    /** A piece of what the model thought; chats only. */
    void reasoning(JsonBuffer out, CharSequence delta) {
        out.raw(choiceHead).raw("\"delta\":{\"reasoning_content\":").string(delta);
        out.raw("},\"logprobs\":null,\"finish_reason\":null").raw(tail);
    }

    /** A call of a tool begins; chats only. */
    void toolCall(JsonBuffer out, int index, String id, String name) {
        out.raw(choiceHead).raw("\"delta\":{\"tool_calls\":[{\"index\":").number(index);
        out.raw(",\"id\":")
                .string(id)
                .raw(",\"type\":\"function\",\"function\":{\"name\":")
                .string(name);
        out.raw(",\"arguments\":\"\"}}]},\"logprobs\":null,\"finish_reason\":null")
                .raw(tail);
    }

    /** A piece of a call's arguments; chats only. */
    void arguments(JsonBuffer out, int index, CharSequence json) {
        out.raw(choiceHead).raw("\"delta\":{\"tool_calls\":[{\"index\":").number(index);
        out.raw(",\"function\":{\"arguments\":").string(json);
        out.raw("}}]},\"logprobs\":null,\"finish_reason\":null").raw(tail);
    }

    /** Why the choice ended. */
    public void finish(JsonBuffer out, FinishReason reason) {
        out.raw(choiceHead)
                .raw(shape.noText)
                .raw(",\"logprobs\":null,\"finish_reason\":")
                .string(reason.wireName())
                .raw(tail);
    }

    /** What the whole response consumed: once, after all choices ended. */
    public void usage(JsonBuffer out, Usage usage) {
        out.raw(head).raw("],\"usage\":");
        ResponseBodies.writeUsage(out, usage);
        out.raw("}\n\n");
    }

    /** The last event of a stream that came to its end. */
    public static void done(JsonBuffer out) {
        out.raw(DONE);
    }

    /** The last event of a stream that did not: the body that the error would have had as a response, and the request's id. */
    public static void error(JsonBuffer out, ApiError error, String requestId) {
        out.raw("event: error\ndata: ");
        error.write(out, requestId);
        out.raw("\n\n");
    }

    /** A comment that keeps the connection in use while there is nothing to say. */
    public static void waiting(JsonBuffer out) {
        out.raw(WAITING);
    }
}
