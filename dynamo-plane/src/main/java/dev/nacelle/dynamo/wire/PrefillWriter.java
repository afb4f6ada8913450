package dev.nacelle.dynamo.wire;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.Usage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Renders what a prefill worker's engine says: in one item, once it has come to its end, as a frontend takes the hand-off
 * from the first item and from no other. Log-probabilities are left to the decode worker, whose tokens the client gets.
 */
final class PrefillWriter implements ResponseWriter {
    /** A frontend asks for one token; an engine that makes more than this does not prefill. */
    private static final int IDS_MAX = 1024;

    private final TokensWriter items = new TokensWriter();
    private final List<Integer> ids = new ArrayList<>();
    private final Map<String, Object> handoff = new LinkedHashMap<>();
    private final Map<String, Object> engineData = new LinkedHashMap<>();

    @Override
    public void token(int id, FrameBuffer to) {
        if (ids.size() == IDS_MAX)
            throw new IllegalArgumentException("more than %d tokens of a prefill".formatted(IDS_MAX));
        ids.add(id);
    }

    @Override
    public void chunk(Chunk chunk, FrameBuffer to) {
        for (int i = 0; i < chunk.tokens().size(); i++) token(chunk.tokens().at(i), to);
        handoff.putAll(chunk.handoff());
        engineData.putAll(chunk.engineData());
    }

    @Override
    public void flush(FrameBuffer to) {}

    @Override
    public void finished(FinishReason reason, Usage usage, FrameBuffer to) {
        if (reason != FinishReason.ERROR) {
            var tokens = TokenIds.of(ids.stream().mapToInt(Integer::intValue).toArray());
            items.chunk(new Chunk(0, tokens, Optional.empty(), List.of(), Optional.empty(), handoff, engineData), to);
        }
        items.finished(reason, usage, to);
    }

    @Override
    public void failed(EngineError error, FrameBuffer to) {
        items.failed(error, to);
    }
}
