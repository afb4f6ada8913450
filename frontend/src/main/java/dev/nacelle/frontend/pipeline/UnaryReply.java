package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.admission.Timeouts;
import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.api.BodyRenderer;
import dev.nacelle.frontend.api.JsonBuffer;
import dev.nacelle.frontend.api.ResponseBodies;
import dev.nacelle.frontend.stream.WriterThread;
import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.plane.Terminal;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private final boolean withLogProbs;
    private final List<StringBuilder> texts = new ArrayList<>();
    private final List<List<TokenLogProb>> logProbs = new ArrayList<>();
    private final Timeouts timeouts;
    private final WriterThread.Job job;
    private volatile @Nullable Throwable gone;
    private boolean done;

    UnaryReply(
            RequestLife life,
            List<ChoiceText> choices,
            int promptTokens,
            BodyRenderer renderer,
            boolean withLogProbs,
            int queueSlots,
            Timeouts timeouts,
            WriterThread writer) {
        this.life = life;
        this.renderer = renderer;
        this.withLogProbs = withLogProbs;
        for (int i = 0; i < choices.size(); i++) {
            texts.add(new StringBuilder());
            logProbs.add(new ArrayList<>());
        }
        this.timeouts = timeouts;
        job = writer.job(this::read);
        generation = new Generation(choices, promptTokens, life, queueSlots, job::wake);
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
        timeouts.overdue(life.http().startNanos(), generation.lastTokenNanos(), System.nanoTime())
                .ifPresent(error -> cut(error, CancelCause.CLIENT_GONE));
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
    }

    @Override
    public boolean isFull() {
        return false;
    }

    /** On the writer's thread. */
    private void read() {
        if (done) return;
        try {
            var ending = generation.read(this);
            var left = gone;
            if (left != null) leave(left);
            else ending.ifPresent(this::answer);
        } catch (RuntimeException | Error e) {
            LOG.error("request {}: its response cannot be rendered", life.http().id(), e);
            done = true;
            generation.giveUp(CancelCause.SATISFIED);
            life.refuse(ApiError.internal());
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
            case Terminal.Finished(var reason, var usage) -> answer(reason, usage);
            case Terminal.Failed(var error) -> {
                life.consumed(consumed(), generation.firstTokenNanos());
                life.refuse(ApiError.of(error));
            }
        }
    }

    private void answer(FinishReason reason, Usage usage) {
        life.consumed(usage, generation.firstTokenNanos());
        life.guard().firstResponse();
        var choices = new ArrayList<ResponseBodies.Choice>();
        for (int i = 0; i < texts.size(); i++)
            choices.add(new ResponseBodies.Choice(
                    texts.get(i),
                    generation.reason(i, reason),
                    withLogProbs ? Optional.of(logProbs.get(i)) : Optional.empty()));
        var body = new JsonBuffer(512 + 2 * texts.getFirst().length());
        renderer.render(body, choices, usage);
        life.stages().complete();
        life.http()
                .answer(
                        200,
                        body.view(),
                        delivered -> life.over(
                                delivered ? new Outcome.Answered() : new Outcome.CallerGone(), delivered ? 200 : 499));
    }

    private Usage consumed() {
        return new Usage(generation.promptTokens(), generation.tokens());
    }
}
