package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.metrics.HttpRequestGuard;
import dev.nacelle.frontend.metrics.Phase;
import dev.nacelle.frontend.metrics.Stage;
import dev.nacelle.frontend.metrics.StageGuard;
import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.runtime.plane.ResponseQueue;
import dev.nacelle.runtime.plane.Terminal;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One request in an engine, seen from its requester: takes what the engine says, makes it text, looks for stop strings,
 * counts, and knows how it ended. It is read by one thread at a time and may be given up from any.
 */
final class Generation {
    private final List<ChoiceText> choices;
    private final int promptTokens;
    private final HttpRequestGuard guard;
    private final StageGuard stages;
    private final ResponseQueue queue;
    private final Items items = new Items();
    private final AtomicReference<@Nullable InFlight> inFlight = new AtomicReference<>();
    private final AtomicReference<@Nullable CancelCause> givenUp = new AtomicReference<>();
    private volatile @Nullable EngineError cut;

    private int tokens;
    private int counted;
    private boolean arrived;
    private volatile long firstTokenNanos;
    private volatile long lastTokenNanos;
    private @Nullable Terminal ending;

    /**
     * @param choices one for each choice that was asked for
     * @param promptTokens 0 where the engine tokenizes by itself
     * @param slots bound of the queue between engine and reader
     * @param ready called when there is something to read, by the engine's thread
     */
    Generation(List<ChoiceText> choices, int promptTokens, RequestLife life, int slots, Runnable ready) {
        this.choices = List.copyOf(choices);
        this.promptTokens = promptTokens;
        guard = life.guard();
        stages = life.stages();
        queue = new ResponseQueue(slots, ready);
    }

    /** What the engine writes to. */
    ResponseQueue queue() {
        return queue;
    }

    /** An instance has taken the request. */
    void started(InFlight engine) {
        inFlight.set(engine);
        var cause = givenUp.get();
        if (cause != null) engine.cancel(cause);
    }

    /** Tells the engine to end, now or as soon as it has the request; the first cause counts. From any thread. */
    void giveUp(CancelCause cause) {
        if (!givenUp.compareAndSet(null, cause)) return;
        queue.close();
        var engine = inFlight.get();
        if (engine != null) engine.cancel(cause);
    }

    /** Ends the response with that error, whatever the engine says from now on. From any thread; the reader must be woken. */
    void cut(EngineError error, CancelCause cause) {
        if (cut == null) cut = error;
        giveUp(cause);
    }

    /** Passes on what has come since the last call, until the output is full; says how the response ended, once all is out. */
    Optional<Terminal> read(Output output) {
        if (ending != null) return Optional.of(ending);
        items.output = output;
        queue.drainTo(items);
        count();
        ending = ended(output);
        return Optional.ofNullable(ending);
    }

    private @Nullable Terminal ended(Output output) {
        if (areAllStopped()) {
            giveUp(CancelCause.SATISFIED);
            return new Terminal.Finished(FinishReason.STOP, new Usage(promptTokens, tokens));
        }
        var error = cut;
        if (error != null) return new Terminal.Failed(error);
        return switch (queue.terminal().orElse(null)) {
            case null -> null;
            case Terminal.Failed failed -> failed;
            case Terminal.Finished(var reason, var usage) -> finished(reason, usage, output);
        };
    }

    private Terminal finished(FinishReason reason, Usage usage, Output output) {
        return switch (reason) {
            case CANCELLED -> new Terminal.Failed(new EngineError.Cancelled("the request was given up"));
            case ERROR ->
                new Terminal.Failed(new EngineError.Unknown("the engine could not complete the response; try again"));
            case STOP, LENGTH, CONTENT_FILTER, TOOL_CALLS -> {
                arrived();
                for (int i = 0; i < choices.size(); i++) {
                    choices.get(i).end();
                    pass(i, List.of(), output);
                }
                yield new Terminal.Finished(areAllStopped() ? FinishReason.STOP : reason, usage);
            }
        };
    }

    private boolean areAllStopped() {
        for (var choice : choices) if (!choice.isStopped()) return false;
        return true;
    }

    /** Why a choice ended, of a response that ended for {@code whole}. */
    FinishReason reason(int choice, FinishReason whole) {
        return choices.get(choice).isStopped() ? FinishReason.STOP : whole;
    }

    int choices() {
        return choices.size();
    }

    int promptTokens() {
        return promptTokens;
    }

    /** Tokens that were read. */
    int tokens() {
        return tokens;
    }

    /** When the first token was read, on {@link System#nanoTime}'s clock; 0 before. */
    long firstTokenNanos() {
        return firstTokenNanos;
    }

    /** When the last token was read; 0 before the first. From any thread. */
    long lastTokenNanos() {
        return lastTokenNanos;
    }

    private void count() {
        if (tokens == counted) return;
        arrived();
        long now = System.nanoTime();
        if (firstTokenNanos == 0) firstTokenNanos = now;
        lastTokenNanos = now;
        guard.tokens(tokens - counted, now);
        counted = tokens;
    }

    /** The first response item is there. */
    private void arrived() {
        if (arrived) return;
        arrived = true;
        stages.enter(Stage.POSTPROCESS, Phase.AGGREGATED);
    }

    private void pass(int choice, List<TokenLogProb> logProbs, Output output) {
        var ready = choices.get(choice).ready();
        if (ready.isEmpty() && logProbs.isEmpty()) return;
        output.piece(choice, ready, logProbs);
        ready.setLength(0);
    }

    private boolean wantsMore(ChoiceText choice) {
        return !items.output.isFull() && (choices.size() > 1 || !choice.isStopped());
    }

    /** Before the first reading. */
    private record Nowhere() implements Output {
        @Override
        public void piece(int choice, CharSequence text, List<TokenLogProb> logProbs) {
            throw new IllegalStateException("a piece outside of a reading");
        }

        @Override
        public boolean isFull() {
            return true;
        }
    }

    private final class Items implements ResponseQueue.Reader {
        private Output output = new Nowhere();

        @Override
        public boolean token(int id) {
            tokens++;
            var choice = choices.getFirst();
            choice.token(id);
            pass(0, List.of(), output);
            return wantsMore(choice);
        }

        @Override
        public boolean chunk(Chunk chunk) {
            // A choice that nobody asked for has no place in the response.
            if (chunk.index() >= choices.size()) return true;
            var choice = choices.get(chunk.index());
            if (choice.isStopped()) return true;
            int size = chunk.tokens().size();
            for (int i = 0; i < size; i++) choice.token(chunk.tokens().at(i));
            chunk.text().ifPresent(choice::text);
            // An engine that makes text tells the number of its tokens at the end.
            tokens += Math.max(size, chunk.text().isPresent() ? 1 : 0);
            pass(chunk.index(), chunk.logProbs(), output);
            return wantsMore(choice);
        }
    }
}
