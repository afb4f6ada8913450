package dev.nacelle.dynamo.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.util.List;

/** Renders what an engine that gives tokens says. Tokens that are ready together share a chunk. */
public final class TokensWriter implements ResponseWriter {
    /** A reader decodes a chunk at once: one of thousands of ids would hold up its other streams. */
    private static final int IDS_MAX = 64;

    private static final byte[] TOKENS = "{\"data\":{\"data\":{\"token_ids\":[".getBytes(US_ASCII);
    private static final byte[] TOKENS_END = "]}},\"complete_final\":false}".getBytes(US_ASCII);

    private int waiting;

    @Override
    public void token(int id, FrameBuffer to) {
        if (waiting == 0) to.begin().put(TOKENS);
        else to.put(',');
        to.put(id);
        if (++waiting == IDS_MAX) flush(to);
    }

    @Override
    public void flush(FrameBuffer to) {
        if (waiting == 0) return;
        waiting = 0;
        to.put(TOKENS_END).endBody();
    }

    @Override
    public void chunk(Chunk chunk, FrameBuffer to) {
        flush(to);
        if (chunk.embedding().isPresent())
            throw new IllegalArgumentException("an embedding, which this plane has no requests for");
        try {
            to.begin().put(Stream.ITEM).put("{\"token_ids\":[");
            for (int i = 0; i < chunk.tokens().size(); i++) {
                if (i > 0) to.put(',');
                to.put(chunk.tokens().at(i));
            }
            to.put(']');
            if (chunk.index() > 0) to.put(",\"index\":").put(chunk.index());
            chunk.text().ifPresent(text -> {
                to.put(",\"text\":");
                JsonText.put(text, to);
            });
            if (!chunk.logProbs().isEmpty()) logProbs(chunk.logProbs(), to);
            if (!chunk.handoff().isEmpty()) JsonText.put(chunk.handoff(), to.put(",\"disaggregated_params\":"));
            if (!chunk.engineData().isEmpty()) JsonText.put(chunk.engineData(), to.put(",\"engine_data\":"));
            to.put('}').put(Stream.ITEM_END).endBody();
        } finally {
            to.abandon();
        }
    }

    @Override
    public void finished(FinishReason reason, Usage usage, FrameBuffer to) {
        if (reason == FinishReason.ERROR) {
            failed(new EngineError.Unknown("the engine could not go on"), to);
            return;
        }
        flush(to);
        to.begin()
                .put(Stream.ITEM)
                .put("{\"token_ids\":[],\"finish_reason\":\"")
                .put(word(reason));
        to.put("\",\"completion_usage\":{\"prompt_tokens\":").put(usage.promptTokens());
        to.put(",\"completion_tokens\":").put(usage.completionTokens());
        to.put(",\"total_tokens\":").put(sum(usage.promptTokens(), usage.completionTokens()));
        to.put(",\"prompt_tokens_details\":{\"audio_tokens\":null,\"cached_tokens\":")
                .put(usage.cachedTokens())
                .put("}}}")
                .put(Stream.ITEM_END)
                .endBody();
        Stream.end(to);
    }

    @Override
    public void failed(EngineError error, FrameBuffer to) {
        flush(to);
        ResponseWriter.super.failed(error, to);
    }

    private static void logProbs(List<TokenLogProb> tokens, FrameBuffer to) {
        to.put(",\"log_probs\":[");
        for (int i = 0; i < tokens.size(); i++) {
            if (i > 0) to.put(',');
            JsonText.put(tokens.get(i).logProb(), to);
        }
        to.put("],\"top_logprobs\":[");
        for (int i = 0; i < tokens.size(); i++) {
            to.put(i > 0 ? ",[" : "[");
            var top = tokens.get(i).top();
            for (int rank = 0; rank < top.size(); rank++) {
                to.put(rank > 0 ? ",{\"rank\":" : "{\"rank\":").put(rank + 1);
                to.put(",\"token_id\":").put(top.get(rank).tokenId()).put(",\"token\":null,\"logprob\":");
                JsonText.put(top.get(rank).logProb(), to);
                to.put('}');
            }
            to.put(']');
        }
        to.put(']');
    }

    /** The frontend's word: tool calls are its own finding, which for the engine was an ordinary end. */
    private static String word(FinishReason reason) {
        return switch (reason) {
            case STOP, TOOL_CALLS -> "stop";
            case LENGTH, CANCELLED, CONTENT_FILTER -> reason.wireName();
            case ERROR -> throw new IllegalArgumentException("an error has a class, not a word");
        };
    }

    private static int sum(int a, int b) {
        return (int) Math.min(Integer.MAX_VALUE, (long) a + b);
    }
}
