package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.admission.Timeouts;
import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.api.ApiException;
import dev.nacelle.frontend.api.BodyRenderer;
import dev.nacelle.frontend.api.JsonBuffer;
import dev.nacelle.frontend.api.ResponseBodies;
import dev.nacelle.frontend.stream.PeerWatch;
import dev.nacelle.frontend.stream.WriterThread;
import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.plane.Terminal;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Embedding;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.EofException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A response in one piece. It is read as it comes, as the queue is bounded, and written once it is whole. */
final class UnaryReply implements Reply, Output {
    private static final Logger LOG = LoggerFactory.getLogger(UnaryReply.class);

    private final RequestLife life;
    private final Generation generation;
    private final BodyRenderer renderer;
    private final Settings settings;
    private final List<StringBuilder> texts = new ArrayList<>();
    private final List<List<TokenLogProb>> logProbs = new ArrayList<>();
    private final List<List<Integer>> ends = new ArrayList<>();
    private final @Nullable Embedding[] embeddings;
    private final WriterThread.Job job;
    private volatile @Nullable Throwable gone;
    /** Calls of {@link #read} that were not looked at yet. */
    private final AtomicInteger asked = new AtomicInteger();

    private boolean done;

    /**
     * How one reply differs from another.
     *
     * @param logProbs whether they are shown
     * @param best which of the choices are
     */
    record Settings(boolean logProbs, BestOf best, int queueSlots, Timeouts timeouts) {}

    UnaryReply(
            RequestLife life,
            List<Prepared.Part> parts,
            List<ChoiceText> choices,
            BodyRenderer renderer,
            Settings settings,
            WriterThread writer) {
        this.life = life;
        this.renderer = renderer;
        this.settings = settings;
        for (int i = 0; i < choices.size(); i++) {
            texts.add(new StringBuilder());
            logProbs.add(new ArrayList<>());
            ends.add(new ArrayList<>());
        }
        embeddings = new @Nullable Embedding[choices.size()];
        job = writer.job(this::read);
        generation = new Generation(parts, choices, life, settings.queueSlots(), this::ready);
    }

    @Override
    public Duration tickEvery() {
        var timeouts = settings.timeouts();
        return PeerWatch.often(timeouts.firstToken(), timeouts.interToken(), timeouts.request());
    }

    @Override
    public Generation generation() {
        return generation;
    }

    @Override
    public void callerGone(Throwable cause) {
        gone = cause;
        generation.giveUp(CancelCause.CLIENT_GONE);
        job.wake();
    }

    @Override
    public void cut(EngineError error) {
        cut(error, CancelCause.SHUTDOWN);
    }

    private void cut(EngineError error, CancelCause cause) {
        generation.cut(error, cause);
        job.wake();
    }

    @Override
    public void tick() {
        // Nothing can be written before the response; but somebody has to look at the clock.
        settings.timeouts()
                .overdue(life.http().startNanos(), generation.lastTokenNanos(), System.nanoTime())
                .ifPresent(error -> cut(error, CancelCause.TIMEOUT));
    }

    /** Nobody who waits for a whole response has a reason to close his half of the connection. */
    @Override
    public void inputEnded() {
        callerGone(new EofException("the client closed the connection"));
    }

    @Override
    public void piece(int choice, CharSequence piece, List<TokenLogProb> tokens) {
        texts.get(choice).append(piece);
        logProbs.get(choice).addAll(tokens);
        for (int i = 0; i < tokens.size(); i++)
            ends.get(choice).add(texts.get(choice).length());
    }

    @Override
    public void embedding(int choice, Embedding embedding) {
        embeddings[choice] = embedding;
    }

    @Override
    public boolean isFull() {
        return false;
    }

    /**
     * There is something to read. A virtual thread is the request's own, and may as well do it itself; one that makes the
     * tokens of many requests leaves it to the writer.
     */
    private void ready() {
        if (Thread.currentThread().isVirtual()) read();
        else job.wake();
    }

    /** One thread at a time reads, and looks again for those that came meanwhile: nobody waits for another. */
    private void read() {
        if (asked.getAndIncrement() > 0) return;
        int seen;
        do {
            seen = asked.get();
            readOnce();
        } while (!asked.compareAndSet(seen, 0));
    }

    private void readOnce() {
        if (done) return;
        try {
            var ending = generation.read(this);
            var left = gone;
            if (left != null) leave(left);
            else ending.ifPresent(this::answer);
        } catch (RuntimeException | Error e) {
            done = true; // first: nobody reads on when this thread is at its end
            life.refuse(ApiError.internal());
            generation.giveUp(CancelCause.SATISFIED);
            LOG.error("request {}: its response cannot be rendered", life.http().id(), e);
        }
    }

    private void leave(Throwable cause) {
        done = true;
        life.consumed(consumed(), generation.firstTokenNanos());
        life.http().abandon(cause);
        life.over(new Outcome.CallerGone(), 499);
    }

    private void answer(Terminal ending) {
        done = true;
        switch (ending) {
            case Terminal.Finished finished -> answer(finished.usage());
            case Terminal.Failed(var error) -> {
                life.consumed(consumed(), generation.firstTokenNanos());
                life.refuse(ApiError.of(error));
            }
        }
    }

    private void answer(Usage usage) {
        life.consumed(usage, generation.firstTokenNanos());
        life.guard().firstResponse();
        var choices = new ArrayList<ResponseBodies.Choice>();
        for (int i : settings.best().chosen(logProbs)) choices.add(choice(i));
        var body = new JsonBuffer(512 + 2 * texts.getFirst().length());
        try {
            renderer.render(body, choices, usage);
        } catch (ApiException e) {
            life.refuse(e.error());
            return;
        }
        life.stages().complete();
        life.http()
                .answer(
                        200,
                        body.view(),
                        delivered -> life.over(
                                delivered ? new Outcome.Answered() : new Outcome.CallerGone(), delivered ? 200 : 499));
    }

    private ResponseBodies.Choice choice(int i) {
        return new ResponseBodies.Choice(
                texts.get(i),
                generation.reason(i),
                settings.logProbs() ? Optional.of(logProbs.get(i)) : Optional.empty(),
                ends.get(i),
                Optional.ofNullable(embeddings[i]));
    }

    private Usage consumed() {
        return new Usage(generation.promptTokens(), generation.tokens());
    }
}
