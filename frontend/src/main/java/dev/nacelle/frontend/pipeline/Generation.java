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
import dev.nacelle.spi.request.Embedding;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What engines make of one request, seen from its requester: takes what they say, makes it text, looks for stop strings,
 * counts, and knows how it ended. One branch that fails fails the whole. It is read by one thread at a time and may be given
 * up from any.
 */
final class Generation {
    /** Branches that are in engines at a time; as one ends, the next is sent. */
    private static final int SENT_MAX = 64;

    /** Sends a branch to an engine; what becomes of it, the branch's queue hears. */
    @FunctionalInterface
    interface Sender {
        /**
         * Sends it; never throws.
         *
         * @param number of the branch, from 0 on
         */
        InFlight send(Branch branch, int number);
    }

    private final Branch[] branches;
    private final int choices;
    private final int promptTokens;
    private final HttpRequestGuard guard;
    private final StageGuard stages;
    private final Items items;
    private final AtomicReference<@Nullable CancelCause> givenUp = new AtomicReference<>();
    private volatile @Nullable EngineError cut;

    private final AtomicBoolean sending = new AtomicBoolean();
    private volatile @Nullable Sender sender;
    private volatile int sent; // changed by whoever is sending
    private volatile int over; // changed by the reader alone

    private int open; // every branch before it is over
    private int next; // the branch that is read first
    private int tokens;
    private int counted;
    private boolean arrived;
    private volatile long firstTokenNanos;
    private volatile long lastTokenNanos;
    private @Nullable Terminal ending;

    /**
     * A generation of which nothing is sent yet.
     *
     * @param parts at least one
     * @param choices those of the first part, then those of the next
     * @param slots bound of the queue between an engine and the reader
     * @param ready called when there is something to read, by an engine's thread
     */
    Generation(List<Prepared.Part> parts, List<ChoiceText> choices, RequestLife life, int slots, Runnable ready) {
        branches = new Branch[parts.size()];
        this.choices = choices.size();
        int first = 0;
        int prompts = 0;
        for (int i = 0; i < branches.length; i++) {
            var part = parts.get(i);
            var own = choices.subList(first, first + part.choices());
            branches[i] = new Branch(part, own, first, new ResponseQueue(slots, ready));
            first += part.choices();
            if (part.isFirst()) prompts += part.promptTokens();
        }
        promptTokens = prompts;
        items = new Items(branches[0]);
        guard = life.guard();
        stages = life.stages();
    }

    /** Begins to send the branches. */
    void start(Sender to) {
        sender = to;
        sendMore();
    }

    /** Nobody waits for somebody else who is sending: that one looks again when he is done. */
    private void sendMore() {
        while (maySend() && sending.compareAndSet(false, true)) {
            try {
                while (maySend()) sendNext();
            } finally {
                sending.set(false);
            }
        }
    }

    private boolean maySend() {
        return sent < branches.length && sent - over < SENT_MAX && givenUp.get() == null;
    }

    private void sendNext() {
        var to = sender;
        if (to == null) throw new IllegalStateException("more to send, and nothing was sent yet");
        int number = sent;
        sent = number + 1;
        branches[number].started(to.send(branches[number], number));
    }

    /** Tells the engines to end, now or as soon as they have their requests; the first cause counts. From any thread. */
    void giveUp(CancelCause cause) {
        if (!givenUp.compareAndSet(null, cause)) return;
        for (var branch : branches) branch.giveUp(cause);
    }

    /** Ends the response with that error, whatever the engines say from now on. From any thread; the reader must be woken. */
    void cut(EngineError error, CancelCause cause) {
        if (cut == null) cut = error;
        giveUp(cause);
    }

    /** Reads a little of what {@link #read} will read of its first branch, and so of most there are; for the reader. */
    int touch() {
        var branch = branches[0];
        return branch.queue().touch() + branch.choice(0).touch() + guard.touch() + items.touch();
    }

    /** Passes on what has come since the last call, until the output is full; says how the response ended, once all is out. */
    Optional<Terminal> read(Output output) {
        if (ending != null) return Optional.of(ending);
        items.output = output;
        drain(output);
        count();
        ending = ended(output);
        return Optional.ofNullable(ending);
    }

    /** Whoever filled the output lets the others go first the next time. */
    private void drain(Output output) {
        // Of hundreds of branches only those that are in engines have something to say.
        int end = sent;
        int first = Math.max(next, open);
        for (int i = open; i < end; i++) {
            int at = first < end ? first++ : open + (first++ - end);
            items.branch = branches[at];
            items.branch.queue().drainTo(items);
            if (!output.isFull()) continue;
            next = at + 1;
            return;
        }
    }

    private @Nullable Terminal ended(Output output) {
        int before = over;
        int end = sent;
        for (int i = open; i < end; i++)
            if (!branches[i].isOver() && branches[i].isStopped()) {
                branches[i].satisfied();
                countOver();
            }
        if (over == branches.length) return whole();
        var error = cut;
        if (error != null) return new Terminal.Failed(error);
        for (int i = open; i < end; i++) {
            if (branches[i].isOver()) continue;
            var failure = ended(branches[i], output);
            if (failure.isEmpty()) continue;
            giveUp(CancelCause.SATISFIED); // of the others nothing is wanted any more
            return failure.get();
        }
        while (open < end && branches[open].isOver()) open++;
        if (over == branches.length) return whole();
        if (over != before) sendMore();
        return null;
    }

    /** The reader's alone, so that no count is lost. */
    private void countOver() {
        int before = over;
        over = before + 1;
    }

    /** Looks whether a branch has come to its end. @return how, if that is the end of all */
    private Optional<Terminal> ended(Branch branch, Output output) {
        return switch (branch.queue().terminal().orElse(null)) {
            case null -> Optional.empty();
            case Terminal.Failed failed -> Optional.of(failed);
            case Terminal.Finished finished ->
                switch (finished.reason()) {
                    case CANCELLED ->
                        Optional.of(new Terminal.Failed(new EngineError.Cancelled("the request was given up")));
                    case ERROR ->
                        Optional.of(new Terminal.Failed(
                                new EngineError.Unknown("the engine could not complete the response; try again")));
                    case STOP, LENGTH, CONTENT_FILTER, TOOL_CALLS -> {
                        finish(branch, finished, output);
                        yield Optional.empty();
                    }
                };
        };
    }

    /** Passes on what a branch held back. */
    private void finish(Branch branch, Terminal.Finished finished, Output output) {
        arrived();
        for (int i = 0; i < branch.choices(); i++) {
            branch.choice(i).end();
            pass(branch, i, List.of(), output);
        }
        branch.over(finished.reason(), finished.usage());
        countOver();
    }

    /** A request that ended for one reason ended for it; of several choices, each has its own. */
    private Terminal whole() {
        int prompt = 0;
        int cached = 0;
        int completion = 0;
        for (var branch : branches) {
            var usage = branch.usage();
            prompt += usage.promptTokens();
            cached += usage.cachedTokens();
            completion += usage.completionTokens();
        }
        return new Terminal.Finished(reason(0), new Usage(prompt, completion, cached));
    }

    /** Why a choice ended, once all have. */
    FinishReason reason(int choice) {
        for (var branch : branches) {
            int index = choice - branch.number(0);
            if (index < branch.choices())
                return branch.reason(index)
                        .orElseThrow(() -> new IllegalStateException("choice %d has not ended".formatted(choice)));
        }
        throw new IllegalArgumentException("choice %d, expected less than %d".formatted(choice, choices));
    }

    int choices() {
        return choices;
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

    /** When the last token, or an embedding, was read; 0 before the first. From any thread. */
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

    private static void pass(Branch branch, int index, List<TokenLogProb> logProbs, Output output) {
        var ready = branch.choice(index).ready();
        if (ready.isEmpty() && logProbs.isEmpty()) return;
        output.piece(branch.number(index), ready, logProbs);
        ready.setLength(0);
    }

    /** Before the first reading. */
    private record Nowhere() implements Output {
        @Override
        public void piece(int choice, CharSequence text, List<TokenLogProb> logProbs) {
            throw new IllegalStateException("a piece outside of a reading");
        }

        @Override
        public void embedding(int choice, Embedding embedding) {
            throw new IllegalStateException("an embedding outside of a reading");
        }

        @Override
        public boolean isFull() {
            return true;
        }
    }

    private final class Items implements ResponseQueue.Reader {
        private Output output = new Nowhere();
        private Branch branch;

        Items(Branch branch) {
            this.branch = branch;
        }

        @Override
        public boolean token(int id) {
            took(1);
            branch.choice(0).token(id);
            pass(branch, 0, List.of(), output);
            return wantsMore();
        }

        @Override
        public boolean chunk(Chunk chunk) {
            int index = chunk.index();
            // A choice that nobody asked for has no place in the response.
            if (index >= branch.choices()) return true;
            chunk.embedding().ifPresent(embedding -> embedded(index, embedding));
            var choice = branch.choice(index);
            if (choice.isStopped()) return true;
            int size = chunk.tokens().size();
            for (int i = 0; i < size; i++) choice.token(chunk.tokens().at(i));
            chunk.text().ifPresent(choice::text);
            // An engine that makes text tells the number of its tokens at the end.
            took(Math.max(size, chunk.text().isPresent() ? 1 : 0));
            pass(branch, index, chunk.logProbs(), output);
            return wantsMore();
        }

        private void embedded(int index, Embedding embedding) {
            arrived();
            lastTokenNanos = System.nanoTime();
            output.embedding(branch.number(index), embedding);
        }

        int touch() {
            return branch.choices();
        }

        private void took(int count) {
            tokens += count;
            branch.read(count);
        }

        private boolean wantsMore() {
            return !output.isFull() && !branch.isStopped();
        }
    }
}
