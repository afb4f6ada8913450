package dev.nacelle.frontend.api;

import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.util.List;

/**
 * Writes a stream's server-sent events. Order: {@link #begin}, {@link #text} any number of times, {@link #finish} for each
 * choice, {@link #end}; or {@link #error} at any time, and nothing after it. For one thread at a time.
 */
public interface EventRenderer {
    /** What comes before any text. */
    void begin(JsonBuffer out);

    /** Reads a little of what {@link #text} will read, so that the processor fetches it. @return anything that depends on it */
    default int touch() {
        return 0;
    }

    /** A piece of a choice's text; may come out later, or as something else than text. */
    void text(JsonBuffer out, int choice, CharSequence delta);

    /** A piece of a choice's text and the log-probabilities of the tokens it came of; either may be empty. */
    void text(JsonBuffer out, int choice, CharSequence delta, List<TokenLogProb> tokens);

    /** Why a choice ended. */
    void finish(JsonBuffer out, int choice, FinishReason reason);

    /** The last of a stream that came to its end. */
    void end(JsonBuffer out, Usage usage);

    /**
     * The last event of a stream that did not: the body that the error would have had as a response.
     *
     * @param requestId for whoever asks the operator about it
     */
    default void error(JsonBuffer out, ApiError error, String requestId) {
        ChunkRenderer.error(out, error, requestId);
    }
}
