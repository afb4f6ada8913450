package dev.nacelle.dynamo;

import dev.nacelle.spi.Capability;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/**
 * Repeats its prompt, unless the request's seed says something else: an HTTP status fails with the error of that status,
 * 1000 more fails with it after two tokens; the others are below.
 */
final class ScriptedEngine implements LLMEngine {
    /** Three ids in each chunk. */
    static final int IN_CHUNKS = 2;

    /** The same, all in one. */
    static final int IN_ONE_CHUNK = 3;

    /** Nothing until it is cancelled. */
    static final int SILENT = 4;

    /** Two tokens, then nothing until it is cancelled. */
    static final int STALLED = 5;

    /** Returns without a terminal. */
    static final int NO_TERMINAL = 6;

    /** Throws what is no typed error. */
    static final int THROWS = 7;

    /** A hand-off. */
    static final int HANDOFF = 8;

    /** Data that is no JSON. */
    static final int UNSAYABLE = 9;

    /** Fails with the first of {@link #ERRORS}; the next number with the second, and so on. 1000 more: after two tokens. */
    static final int FIRST_ERROR = 2000;

    /** One of each kind. */
    static final List<EngineError> ERRORS = List.of(
            new EngineError.InvalidArgument("scripted invalid argument"),
            new EngineError.Overloaded("scripted overload", Duration.ofSeconds(1)),
            new EngineError.Draining("scripted draining"),
            new EngineError.CannotConnect("scripted no connection"),
            new EngineError.Disconnected("scripted disconnection"),
            new EngineError.ConnectionTimeout("scripted connection timeout"),
            new EngineError.ResponseTimeout("scripted response timeout"),
            new EngineError.StreamIncomplete("scripted incomplete stream"),
            new EngineError.Cancelled("scripted cancellation"),
            new EngineError.EngineShutdown("scripted shutdown"),
            new EngineError.WorkerUnavailable("scripted unavailability"),
            new EngineError.HttpError(418, "scripted status"),
            new EngineError.Unknown("scripted unknown error"));

    /** What a prefill hands to a decode. */
    static final Map<String, Object> ROOM = Map.of("room", 7, "host", Map.of("ports", List.of(1, 2), "name", "p"));

    /** What all engines of this JVM have seen. */
    static final List<GenerateRequest> SEEN = new CopyOnWriteArrayList<>();

    /** When requests were given up, by id, on {@link System#nanoTime}'s clock. */
    static final Map<String, Long> ABORTED = new ConcurrentHashMap<>();

    private static final List<String> WORDS = List.of("Hello ", "from ", "a ", "text ", "engine.");

    private final ScriptedProvider.Options options;
    private volatile boolean isPrefill;

    ScriptedEngine(ScriptedProvider.Options options) {
        this.options = options;
    }

    @Override
    public EngineConfig start(StartContext context) {
        isPrefill = context.worker().disaggregation() == Disaggregation.PREFILL;
        var config = EngineConfig.of(
                        context.worker().modelName().orElse("scripted"), Registration.ofContext(options.context()))
                .withInput(options.input());
        return options.input() == ModelInput.TEXT
                ? config
                : config.withCapabilities(Capability.LOG_PROBABILITIES, Capability.GUIDED_DECODING);
    }

    @Override
    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
            throws EngineException, InterruptedException {
        SEEN.add(request);
        context.onCancel(() -> ABORTED.put(context.id(), System.nanoTime()));
        int script = (int) request.sampling().seed().orElse(0);
        if (!options.fails()) script = 0;
        if (isPrefill) {
            sink.token(request.tokenIds().at(0));
            sink.emit(with(ROOM, Map.of()));
            sink.finish(FinishReason.LENGTH, new Usage(request.tokenIds().size(), 1));
            return;
        }
        switch (script) {
            case SILENT -> new CountDownLatch(1).await();
            case STALLED -> {
                twoTokens(request, sink);
                new CountDownLatch(1).await();
            }
            case NO_TERMINAL -> twoTokens(request, sink);
            case THROWS -> throw new IllegalStateException("a defect");
            case UNSAYABLE -> {
                sink.emit(with(Map.of(), Map.of("socket", new Object())));
                sink.finish(FinishReason.STOP, new Usage(request.tokenIds().size(), 0));
            }
            default -> {
                if (script >= FIRST_ERROR) {
                    if (script >= FIRST_ERROR + 1000) twoTokens(request, sink);
                    throw new EngineException(ERRORS.get(script % 1000));
                }
                if (script >= 1400) {
                    twoTokens(request, sink);
                    throw new EngineException(error(script - 1000));
                }
                if (script >= 400) throw new EngineException(error(script));
                if (options.input() == ModelInput.TEXT) speak(request, sink);
                else repeat(request, context, sink, script);
            }
        }
    }

    private void repeat(GenerateRequest request, GenerateContext context, ResponseSink sink, int script)
            throws InterruptedException {
        var prompt = request.tokenIds();
        int most = request.stop().maxTokens().orElse(16);
        int width = switch (script) {
            case IN_CHUNKS -> 3;
            case IN_ONE_CHUNK -> most;
            default -> 1;
        };
        int done = 0;
        while (done < most) {
            if (context.isCancelled()) {
                sink.finish(FinishReason.CANCELLED);
                return;
            }
            if (!options.pace().isZero()) Thread.sleep(options.pace());
            sink.awaitWritable();
            var ids = new int[Math.min(width, most - done)];
            for (int i = 0; i < ids.length; i++) ids[i] = prompt.at((done + i) % prompt.size());
            if (request.output().logProbs().isPresent()) sink.emit(logProbs(ids, request));
            else if (ids.length == 1) sink.token(ids[0]);
            else sink.emit(Chunk.ofTokens(ids));
            done += ids.length;
        }
        if (script == HANDOFF) sink.emit(with(Map.of("room", 7), Map.of()));
        sink.finish(FinishReason.LENGTH, new Usage(prompt.size(), done, Math.min(3, prompt.size())));
    }

    private static void twoTokens(GenerateRequest request, ResponseSink sink) {
        sink.token(request.tokenIds().at(0));
        sink.token(request.tokenIds().at(0));
    }

    private static Chunk with(Map<String, Object> handoff, Map<String, Object> data) {
        return new Chunk(0, TokenIds.NONE, Optional.empty(), List.of(), Optional.empty(), handoff, data);
    }

    private static Chunk logProbs(int[] ids, GenerateRequest request) {
        int top = request.output().logProbs().orElse(0);
        return Chunk.ofLogProbs(Arrays.stream(ids)
                .mapToObj(id -> new TokenLogProb(
                        id,
                        -0.25,
                        IntStream.range(0, top)
                                .mapToObj(i -> new TokenLogProb.Candidate(id + i, -0.25 - i))
                                .toList()))
                .toList());
    }

    private static void speak(GenerateRequest request, ResponseSink sink) {
        int most = Math.min(request.stop().maxTokens().orElse(WORDS.size()), WORDS.size());
        WORDS.stream().limit(most).map(Chunk::ofText).forEach(sink::emit);
        sink.finish(most < WORDS.size() ? FinishReason.LENGTH : FinishReason.STOP, new Usage(4, most));
    }

    private static EngineError error(int status) {
        var message = "scripted " + status;
        return switch (status) {
            case 400 -> new EngineError.InvalidArgument(message);
            case 499 -> new EngineError.Cancelled(message);
            case 500 -> new EngineError.Unknown(message);
            case 503 -> new EngineError.EngineShutdown(message);
            case 504 -> new EngineError.ResponseTimeout(message);
            case 529 -> new EngineError.Overloaded(message, Duration.ofSeconds(1));
            default -> new EngineError.HttpError(status, message);
        };
    }

    @Override
    public void cleanup() {}
}
