package dev.nacelle.frontend;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.runtime.plane.Lease;
import dev.nacelle.runtime.plane.LocalPlane;
import dev.nacelle.runtime.plane.RequestHandler;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.runtime.plane.WorkerCard;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** An instance on the plane whose engine does what the test says, when it says so. */
final class DrivenEngine implements RequestHandler, AutoCloseable {
    private static final AtomicLong IDS = new AtomicLong();

    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final AtomicReference<@Nullable EngineError> refusal = new AtomicReference<>();
    private final Lease lease;
    private final long id;

    DrivenEngine(LocalPlane plane, EngineConfig config) {
        this(plane, config, Disaggregation.AGGREGATED);
    }

    DrivenEngine(LocalPlane plane, EngineConfig config, Disaggregation part) {
        id = IDS.incrementAndGet();
        var card = new WorkerCard(id, "test", "backend", "generate", config, Optional.empty(), part, 0);
        lease = plane.register(card, this);
        lease.ready(true);
    }

    @Override
    public InFlight handle(GenerateRequest request, RequestHead head, ResponseReceiver receiver)
            throws EngineException {
        var error = refusal.get();
        if (error != null) throw new EngineException(error);
        var call = new Call(request, head, receiver);
        calls.add(call);
        return call;
    }

    long id() {
        return id;
    }

    /** The next request that came in. */
    Call take() throws InterruptedException {
        return calls.take();
    }

    boolean isIdle() {
        return calls.isEmpty();
    }

    void refuse(EngineError error) {
        refusal.set(error);
    }

    void ready(boolean ready) {
        lease.ready(ready);
    }

    @Override
    public void close() {
        lease.close();
    }

    /** One request in the engine. */
    static final class Call implements InFlight {
        private final GenerateRequest request;
        private final RequestHead head;
        private final ResponseReceiver receiver;
        private final CompletableFuture<CancelCause> cancelled = new CompletableFuture<>();
        private final AtomicBoolean ended = new AtomicBoolean();

        Call(GenerateRequest request, RequestHead head, ResponseReceiver receiver) {
            this.request = request;
            this.head = head;
            this.receiver = receiver;
        }

        GenerateRequest request() {
            return request;
        }

        RequestHead head() {
            return head;
        }

        ResponseReceiver receiver() {
            return receiver;
        }

        /** The prompt, as the byte tokenizer wrote it. */
        String prompt() {
            return switch (request.prompt()) {
                case Prompt.Tokens(var ids) -> {
                    var bytes = new byte[ids.size()];
                    int length = 0;
                    for (int id : ids.toArray()) if (id < 256) bytes[length++] = (byte) id;
                    yield new String(bytes, 0, length, StandardCharsets.UTF_8);
                }
                case Prompt.Text(var text) -> text;
                case Prompt.Messages(var messages) -> messages.toString();
            };
        }

        /** Emits the bytes of that text, a token each. */
        Call say(String text) {
            for (byte b : text.getBytes(StandardCharsets.UTF_8))
                if (!receiver.token(b & 0xFF)) {
                    fail(new EngineError.Overloaded("too slow", java.time.Duration.ofSeconds(1)));
                    break;
                }
            return this;
        }

        Call emit(Chunk chunk) {
            receiver.chunk(chunk);
            return this;
        }

        void finish(FinishReason reason, Usage usage) {
            if (ended.compareAndSet(false, true)) receiver.finished(reason, usage);
        }

        void fail(EngineError error) {
            if (ended.compareAndSet(false, true)) receiver.failed(error);
        }

        @Override
        public void cancel(CancelCause cause) {
            if (cancelled.complete(cause) && ended.compareAndSet(false, true))
                receiver.finished(FinishReason.CANCELLED, new Usage(0, 0));
        }

        /** Why the request was given up; completes when it is. */
        CompletableFuture<CancelCause> cancelled() {
            return cancelled;
        }
    }
}
