package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.admission.Timeouts;
import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.api.ChunkRenderer;
import dev.nacelle.frontend.api.EventRenderer;
import dev.nacelle.frontend.api.JsonBuffer;
import dev.nacelle.frontend.stream.EventStream;
import dev.nacelle.frontend.stream.FlushWindow;
import dev.nacelle.frontend.stream.Frames;
import dev.nacelle.frontend.stream.PeerWatch;
import dev.nacelle.frontend.stream.WriterThread;
import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.plane.Terminal;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Embedding;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A response as server-sent events: one event a token, whatever is ready in one write. An error before the first byte is
 * a plain HTTP error; after it, the last event.
 */
final class StreamReply implements Reply, Frames, Output {
    /** Beyond it the rest waits for the next write, so that one stream does not keep the others waiting. */
    private static final int WRITE_BYTES = 32 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(StreamReply.class);
    private static final long PROBE_NANOS = Duration.ofMillis(200).toNanos();

    /** What does not change from reply to reply. */
    record Settings(int queueSlots, Duration silence, Duration idle, FlushWindow window, Timeouts timeouts) {}

    private final RequestLife life;
    private final Generation generation;
    private final EventRenderer renderer;
    private final long silenceNanos;
    private final Timeouts timeouts;
    private final boolean shares;
    private final long idleNanos;
    private final EventStream events;
    private final JsonBuffer out;
    private boolean committed;
    private boolean opened;
    private boolean last;
    private Outcome outcome = new Outcome.Answered();
    private int status = 200;

    StreamReply(
            RequestLife life,
            List<Prepared.Part> parts,
            List<ChoiceText> choices,
            EventRenderer renderer,
            Settings settings,
            WriterThread writer) {
        this.life = life;
        this.renderer = renderer;
        out = writer.out();
        silenceNanos = settings.silence().toNanos();
        timeouts = settings.timeouts();
        shares = settings.window().shares();
        idleNanos = settings.idle().toNanos();
        events = new EventStream(
                this,
                life.http().response(),
                life.http().chunkedConnection(),
                settings.window().delay(),
                writer);
        generation = new Generation(parts, choices, life, settings.queueSlots(), events::wake);
    }

    @Override
    public Duration tickEvery() {
        var often = PeerWatch.often(
                timeouts.firstToken(), timeouts.interToken(), timeouts.request(), Duration.ofNanos(idleNanos));
        // A comment into the silence may well be late by as much again.
        return Duration.ofNanos(Math.min(often.toNanos(), silenceNanos));
    }

    @Override
    public Generation generation() {
        return generation;
    }

    @Override
    public void callerGone(Throwable cause) {
        generation.giveUp(CancelCause.CLIENT_GONE);
        events.abort(cause);
    }

    @Override
    public void cut(EngineError error) {
        cut(error, CancelCause.SHUTDOWN);
    }

    private void cut(EngineError error, CancelCause cause) {
        generation.cut(error, cause);
        events.wake();
    }

    @Override
    public void tick() {
        long now = System.nanoTime();
        boolean writing = events.isWriting();
        // While the client does not read, the engine is not to blame for tokens that nobody takes.
        timeouts.overdue(life.http().startNanos(), writing ? now : generation.lastTokenNanos(), now)
                .ifPresent(error -> cut(error, CancelCause.TIMEOUT));
        if (writing && now - events.lastWriteNanos() >= idleNanos)
            events.giveUpWrite(new TimeoutException("the client has not read for too long"));
        if (!writing && now - events.lastWriteNanos() >= silenceNanos) events.keepAlive();
    }

    /** A caller who closed his sending half only goes on reading: writing tells, as one who left answers with a reset. */
    @Override
    public void inputEnded() {
        if (!events.isWriting() && System.nanoTime() - events.lastWriteNanos() >= PROBE_NANOS) events.keepAlive();
    }

    @Override
    public boolean next() {
        try {
            var ending = generation.read(this);
            if (ending.isPresent() && !isFull()) end(ending.get());
        } catch (RuntimeException | Error e) {
            // Without this it would look like a client that left.
            LOG.error("request {}: its response cannot be rendered", life.http().id(), e);
            generation.giveUp(CancelCause.SATISFIED);
            out.clear(); // an event may be there in half
            end(new Terminal.Failed(new EngineError.Unknown(ApiError.internal().message())));
        }
        if (!out.isEmpty()) commit();
        return isFull();
    }

    @Override
    public void keepAlive() {
        ChunkRenderer.waiting(out);
        commit();
    }

    @Override
    public int touch() {
        return generation.touch() + renderer.touch();
    }

    @Override
    public boolean isLast() {
        return last;
    }

    @Override
    public void written() {
        life.http().end();
        life.over(outcome, status);
    }

    @Override
    public void broken(Throwable cause) {
        boolean stuck = cause instanceof TimeoutException;
        generation.giveUp(stuck ? CancelCause.SLOW_READER : CancelCause.CLIENT_GONE);
        life.consumed(new Usage(generation.promptTokens(), generation.tokens()), generation.firstTokenNanos());
        life.http().abandon(cause);
        life.over(stuck ? new Outcome.CallerStuck() : new Outcome.CallerGone(), 499);
    }

    @Override
    public void piece(int choice, CharSequence text, List<TokenLogProb> logProbs) {
        open();
        if (logProbs.isEmpty()) renderer.text(out, choice, text);
        else renderer.text(out, choice, text, logProbs);
    }

    @Override
    public void embedding(int choice, Embedding embedding) {
        throw new IllegalStateException("an embedding in a stream, which nobody can ask for");
    }

    @Override
    public boolean isFull() {
        return out.size() >= WRITE_BYTES || (!shares && !out.isEmpty());
    }

    private void open() {
        if (opened) return;
        opened = true;
        life.guard().firstResponse();
        renderer.begin(out);
    }

    private void end(Terminal ending) {
        last = true;
        switch (ending) {
            case Terminal.Finished finished -> {
                life.consumed(finished.usage(), generation.firstTokenNanos());
                open();
                for (int i = 0; i < generation.choices(); i++) renderer.finish(out, i, generation.reason(i));
                renderer.end(out, finished.usage());
                life.stages().complete();
            }
            case Terminal.Failed(var error) -> {
                life.consumed(new Usage(generation.promptTokens(), generation.tokens()), generation.firstTokenNanos());
                fail(ApiError.of(error));
            }
        }
    }

    private void fail(ApiError error) {
        outcome = new Outcome.Failed(error);
        if (committed || !out.isEmpty()) {
            renderer.error(out, error, life.http().id());
            return;
        }
        status = error.status();
        committed = true;
        out.raw(error.body());
        life.http().beginError(error, out.size());
    }

    private void commit() {
        if (committed) return;
        committed = true;
        life.http().beginEvents();
    }
}
