package dev.nacelle.frontend.pipeline;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.runtime.plane.ResponseQueue;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One engine's part in a generation: most have one, those with several prompts or choices may have more. It is read by one
 * thread at a time and may be given up from any.
 */
final class Branch {
    private final Prepared.Part part;
    private final List<ChoiceText> choices;
    private final int firstChoice;
    private final ResponseQueue queue;
    private final AtomicReference<@Nullable InFlight> inFlight = new AtomicReference<>();
    private final AtomicReference<@Nullable CancelCause> givenUp = new AtomicReference<>();
    private int tokens;
    private @Nullable FinishReason reason;
    private Usage usage = new Usage(0, 0);

    /**
     * A part that no engine has yet.
     *
     * @param choices its own
     * @param firstChoice the number of its first among the generation's
     */
    Branch(Prepared.Part part, List<ChoiceText> choices, int firstChoice, ResponseQueue queue) {
        this.part = part;
        this.choices = List.copyOf(choices);
        this.firstChoice = firstChoice;
        this.queue = queue;
    }

    Prepared.Part part() {
        return part;
    }

    /** What the engine writes to. */
    ResponseQueue queue() {
        return queue;
    }

    int choices() {
        return choices.size();
    }

    ChoiceText choice(int index) {
        return choices.get(index);
    }

    /** The number of its choice {@code index} among the generation's. */
    int number(int index) {
        return firstChoice + index;
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

    /** So many more were read. */
    void read(int more) {
        tokens += more;
    }

    /** Whether each choice came to a stop string: nothing more is wanted of the engine. */
    boolean isStopped() {
        for (int i = 0; i < choices.size(); i++) if (!choices.get(i).isStopped()) return false;
        return true;
    }

    /** It has all it needs, and the engine is told so. */
    void satisfied() {
        giveUp(CancelCause.SATISFIED);
        over(FinishReason.STOP, new Usage(part.promptTokens(), tokens));
    }

    /** It came to its end. */
    void over(FinishReason why, Usage consumed) {
        reason = why;
        usage = consumed;
    }

    boolean isOver() {
        return reason != null;
    }

    /** Why a choice ended; empty while the branch goes on. */
    Optional<FinishReason> reason(int index) {
        return choices.get(index).isStopped() ? Optional.of(FinishReason.STOP) : Optional.ofNullable(reason);
    }

    /** What it consumed, once it is over; a prompt counts for its first branch alone. */
    Usage usage() {
        return part.isFirst() ? usage : new Usage(0, usage.completionTokens());
    }
}
