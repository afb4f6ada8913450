package dev.nacelle.python.bridge;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.TokenIds;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The host's half of the conversation with one running Python. Safe from any thread. */
public final class PythonSession implements Transport.Receiver {
    private static final System.Logger LOG = System.getLogger(PythonSession.class.getName());

    private final Events events;
    private final PythonLog log = new PythonLog();
    private final AtomicLong ids = new AtomicLong();
    private final PendingCalls calls = new PendingCalls();
    private final Map<Long, PythonStream> streams = new ConcurrentHashMap<>();
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile @Nullable Transport transport;
    private volatile Map<String, @Nullable Object> interpreter = Map.of();
    private volatile boolean closing;
    private volatile @Nullable String gone;
    private @Nullable String failure; // why Python could not begin; touched by the thread that calls the receiver

    private PythonSession(Events events) {
        this.events = events;
    }

    /** Starts a Python. @throws EngineException when it cannot run here */
    public static PythonSession open(Transport.Factory factory, PythonCode code, Events events)
            throws EngineException, InterruptedException {
        var session = new PythonSession(events);
        session.transport = factory.open(code, session);
        return session;
    }

    /** What Python says of itself: {@code implementation}, {@code version}, {@code executable}, {@code loop}. */
    public String interpreter(String key) {
        return String.valueOf(interpreter.get(key));
    }

    /** Whether Python has ended. */
    public boolean isGone() {
        return gone != null;
    }

    /**
     * Calls the engine and waits for the answer.
     *
     * @param arguments JSON-like, by the names that {@code nacelle/_bridge/calls.py} has
     * @param limit how long; what it works on by then goes on by itself
     * @return JSON-like, or text
     */
    public @Nullable Object call(String method, Map<String, ?> arguments, Duration limit)
            throws EngineException, InterruptedException {
        var fields = new LinkedHashMap<String, @Nullable Object>(arguments);
        fields.put("method", method);
        var call = calls.begin(ids.incrementAndGet(), method);
        var reason = gone;
        if (reason != null) calls.failed(call.id(), PythonErrors.gone(reason));
        else submit(FrameWriter.frame(ToPython.CALL, call.id(), Json.write(fields)));
        return calls.await(call, limit);
    }

    /** Serves one request; see {@link dev.nacelle.spi.LLMEngine#generate}. */
    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
            throws EngineException, InterruptedException {
        long id = ids.incrementAndGet();
        var stream = new PythonStream(sink, context, kind -> submit(FrameWriter.frame(kind, id)));
        streams.put(id, stream);
        try {
            var reason = gone;
            if (reason != null) throw PythonErrors.gone(reason);
            submit(Requests.frame(id, request, context));
            context.onCancel(() -> submit(FrameWriter.frame(ToPython.CANCEL, id)));
            stream.follow();
        } finally {
            streams.remove(id);
        }
    }

    /** Ends Python; what still runs in it ends with {@code EngineShutdown}. Idempotent. */
    public void close(Duration limit) throws InterruptedException {
        closing = true;
        var carrier = transport;
        if (carrier != null) carrier.close(limit);
    }

    @Override
    public void frames(byte[] batch, int length) {
        var frame = new FrameReader(batch, length);
        try {
            while (frame.next()) {
                try {
                    take(frame);
                } catch (RuntimeException e) { // one frame's trouble, not that of what follows
                    LOG.log(System.Logger.Level.ERROR, "a frame of kind " + frame.kind() + " from Python", e);
                    var stream = streams.get(frame.id());
                    if (stream != null)
                        stream.fail(new EngineException(
                                new EngineError.Unknown("the engine sent what cannot be read: " + e.getMessage()), e));
                }
            }
        } catch (IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, "what Python sends cannot be read", e);
        }
    }

    @Override
    public void ended(String how) {
        if (!told.compareAndSet(false, true)) return;
        var reason = failure == null ? how : failure;
        gone = reason;
        var error = PythonErrors.gone(reason + "; send the request again");
        streams.values().forEach(stream -> {
            stream.fail(error);
            stream.done();
        });
        calls.failAll(PythonErrors.gone(reason));
        if (!closing) events.died(reason);
    }

    private void submit(byte[] frame) {
        var carrier = transport;
        if (carrier != null) carrier.submit(frame);
    }

    private void take(FrameReader frame) {
        switch (frame.kind()) {
            case TOKENS -> stream(frame).ifPresent(stream -> stream.tokens(frame));
            case CHUNK -> stream(frame).ifPresent(stream -> stream.chunk(Json.object(frame.bytes())));
            case END -> stream(frame).ifPresent(stream -> stream.end(Json.object(frame.bytes())));
            case DONE -> stream(frame).ifPresent(PythonStream::done);
            case FIRST -> stream(frame).ifPresent(PythonStream::firstToken);
            case ERROR -> {
                var error = PythonErrors.exception(Json.object(frame.bytes()));
                if (frame.id() == 0) failure = error.getMessage();
                else stream(frame).ifPresentOrElse(stream -> stream.fail(error), () -> calls.failed(frame.id(), error));
            }
            case RESULT -> calls.answered(frame.id(), Json.parse(frame.bytes()));
            case TEXT -> calls.answered(frame.id(), frame.text());
            case READY -> interpreter = Json.object(frame.bytes());
            case LOG -> {
                int level = frame.i32();
                log.log(level, frame.text(frame.u16()), frame.text());
            }
            case PROGRESS -> events.progress(frame.f64(), frame.text());
            case HEALTH -> health(frame);
            case SNAPSHOT ->
                events.snapshot(frame.i32(), new ComponentSnapshot(frame.i64(), frame.i64(), frame.f64(), frame.f64()));
            case KV_STORED -> kvStored(frame);
            case KV_REMOVED -> events.kvRemoved(frame.i32(), frame.i64s(frame.remaining() / Long.BYTES));
            case KV_CLEARED -> events.kvCleared(frame.i32());
        }
    }

    private Optional<PythonStream> stream(FrameReader frame) {
        return Optional.ofNullable(streams.get(frame.id()));
    }

    private void health(FrameReader frame) {
        int state = frame.u8();
        switch (state) {
            case 0 -> events.ready();
            case 1 -> events.degraded(frame.text());
            default -> events.down(frame.text());
        }
    }

    private void kvStored(FrameReader frame) {
        int rank = frame.i32();
        int blocks = frame.i32();
        int blockSize = frame.i32();
        boolean hasParent = frame.u8() != 0;
        long parent = frame.i64();
        var hashes = frame.i64s(blocks);
        var tokens = TokenIds.of(frame.i32s(frame.remaining() / Integer.BYTES));
        events.kvStored(rank, hashes, hasParent ? OptionalLong.of(parent) : OptionalLong.empty(), tokens, blockSize);
    }
}
