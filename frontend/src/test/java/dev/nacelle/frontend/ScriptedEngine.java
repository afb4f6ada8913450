package dev.nacelle.frontend;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.runtime.plane.Lease;
import dev.nacelle.runtime.plane.Plane;
import dev.nacelle.runtime.plane.PlaneException;
import dev.nacelle.runtime.plane.RequestHandler;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.runtime.plane.WorkerCard;
import dev.nacelle.spi.Capability;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Usage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** An instance whose answers follow from its prompts, so that clients know what to expect. */
final class ScriptedEngine implements RequestHandler, AutoCloseable {
    static final String MODEL = "scripted";

    private static final String TEMPLATE =
            "{% if tools %}tools: {{ tools | tojson }} <tool_call>{\"name\"</tool_call> <think>{% endif %}"
                    + "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}";
    private static final String CALL =
            "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Bath\"}}\n</tool_call>";

    private final BlockingQueue<CancelCause> cancellations = new LinkedBlockingQueue<>();
    private final Lease lease;

    ScriptedEngine(Plane plane) throws PlaneException, InterruptedException {
        var config = new EngineConfig(
                MODEL,
                Optional.empty(),
                List.of(),
                ModelInput.TOKENS,
                Optional.empty(),
                Registration.ofContext(100_000),
                Set.of(Capability.GUIDED_DECODING, Capability.EMBEDDINGS),
                "java",
                "1",
                Map.of("chat_template", TEMPLATE));
        lease = plane.register(
                new WorkerCard(
                        77, "test", "backend", "generate", config, Optional.empty(), Disaggregation.AGGREGATED, 0),
                this);
        lease.ready(true);
    }

    /** Why the next request was given up; waits for it. */
    CancelCause cancelled() throws InterruptedException {
        return cancellations.take();
    }

    @Override
    public InFlight handle(GenerateRequest request, RequestHead head, ResponseReceiver receiver)
            throws EngineException {
        var ids = request.tokenIds();
        var bytes = new byte[ids.size()];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) Math.min(ids.at(i), 255);
        var prompt = new String(bytes, StandardCharsets.UTF_8);
        if (prompt.contains("overloaded"))
            throw new EngineException(new EngineError.Overloaded("too much to do", Duration.ofSeconds(7)));
        var running = new Running(receiver);
        Thread.startVirtualThread(() -> running.answer(prompt, request));
        return running;
    }

    @Override
    public void close() {
        lease.close();
    }

    private final class Running implements InFlight {
        private final ResponseReceiver receiver;
        private final AtomicBoolean ended = new AtomicBoolean();

        Running(ResponseReceiver receiver) {
            this.receiver = receiver;
        }

        void answer(String prompt, GenerateRequest request) {
            if (request.isEmbedding()) {
                receiver.chunk(Chunk.ofEmbedding(prompt.length(), 0.25f));
                if (ended.compareAndSet(false, true))
                    receiver.finished(
                            FinishReason.STOP, new Usage(request.tokenIds().size(), 0));
            } else if (prompt.contains("slow")) {
                say("One moment");
            } else if (prompt.contains("fail")) {
                say("Once upon");
                if (ended.compareAndSet(false, true)) receiver.failed(new EngineError.StreamIncomplete("cut off"));
            } else {
                var text = text(prompt, request);
                say(text);
                if (ended.compareAndSet(false, true))
                    receiver.finished(
                            FinishReason.STOP,
                            new Usage(request.tokenIds().size(), text.getBytes(StandardCharsets.UTF_8).length));
            }
        }

        private static String text(String prompt, GenerateRequest request) {
            if (request.sampling().extras().containsKey("guided_decoding")) return "{\"answer\": 42}";
            if (prompt.contains("<tool>")) return "Take an umbrella.";
            if (prompt.contains("weather?")) return CALL;
            if (prompt.contains("think")) return "<think>Hm.</think>So.";
            return "Hello, world!";
        }

        private void say(String text) {
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) receiver.token(b & 0xFF);
        }

        @Override
        public void cancel(CancelCause cause) {
            if (!ended.compareAndSet(false, true)) return;
            cancellations.add(cause);
            receiver.finished(FinishReason.CANCELLED, new Usage(0, 0));
        }
    }
}
