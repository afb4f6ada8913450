package dev.nacelle.frontend.router;

import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.util.HashMap;
import java.util.Map;

/** Takes a prefill's response, of which only the hand-off is of use: the decode worker makes every token. */
final class PrefillReceiver implements ResponseReceiver {
    /** Hears how it ended; once. */
    interface Outcome {
        /**
         * It is done.
         *
         * @param result what the decode worker gets as the request's {@code prefillResult}
         */
        void prefilled(Map<String, Object> result);

        void failed(EngineError error);
    }

    private final Outcome outcome;
    private Map<String, Object> handoff = Map.of();

    PrefillReceiver(Outcome outcome) {
        this.outcome = outcome;
    }

    @Override
    public boolean token(int id) {
        return true;
    }

    @Override
    public boolean chunk(Chunk chunk) {
        if (!chunk.handoff().isEmpty()) handoff = chunk.handoff();
        return true;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void awaitWritable() {}

    @Override
    public void finished(FinishReason reason, Usage usage) {
        switch (reason) {
            case CANCELLED -> outcome.failed(new EngineError.Cancelled("the request was given up"));
            case ERROR -> outcome.failed(new EngineError.Unknown("the prefill did not come to its end"));
            case STOP, LENGTH, CONTENT_FILTER, TOOL_CALLS -> {
                if (handoff.isEmpty()) {
                    outcome.failed(new EngineError.Unknown("the prefill handed nothing off"));
                    return;
                }
                var result = new HashMap<String, Object>();
                result.put("disaggregated_params", handoff);
                result.put("prompt_tokens_details", Map.of("cached_tokens", usage.cachedTokens()));
                outcome.prefilled(result);
            }
        }
    }

    @Override
    public void failed(EngineError error) {
        outcome.failed(error);
    }
}
