package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.admission.AdmissionGate;
import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.api.ApiException;
import dev.nacelle.frontend.api.RequestParser;
import dev.nacelle.frontend.api.ResponseHead;
import dev.nacelle.frontend.metrics.HttpServiceMetrics;
import dev.nacelle.frontend.model.ModelCatalog;
import dev.nacelle.frontend.model.ModelText;
import dev.nacelle.frontend.model.ServedModel;
import dev.nacelle.frontend.stream.PeerWatch;
import dev.nacelle.frontend.stream.WriterThread;
import dev.nacelle.frontend.text.StopMatcher;
import dev.nacelle.frontend.text.Tokenizer.Specials;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests for text: body, admission, preprocessing, route, dispatch, response. Everything up to the dispatch
 * happens on the thread that brings the body's last byte, everything after it on a writer's.
 */
public final class Pipeline {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final String SHUTTING_DOWN =
            "the server shuts down and takes no new requests; send it to another, or again shortly";

    /**
     * What one caller may take.
     *
     * @param bodyBytes largest body
     * @param bodyTimeout time in which it must arrive
     * @param jsonDepth levels of objects and arrays in it
     * @param promptChars longest prompt
     * @param queueSlots tokens of a response that wait to be written
     * @param silence how long a stream is silent before a comment goes out
     */
    public record Limits(
            int bodyBytes, Duration bodyTimeout, int jsonDepth, int promptChars, int queueSlots, Duration silence) {}

    private final Limits limits;
    private final ModelCatalog catalog;
    private final AdmissionGate gate;
    private final PeerWatch watch;
    private final List<WriterThread> writers;
    private final HttpServiceMetrics metrics;
    private final BooleanSupplier stopping;
    private final Preprocessor preprocessor;
    private final RequestParser parser;
    private final RequestIds ids = new RequestIds();
    private final AtomicInteger turn = new AtomicInteger();
    private final Set<Reply> running = ConcurrentHashMap.newKeySet();
    private volatile @Nullable EngineError cut;

    /**
     * Puts the stages together.
     *
     * @param stopping whether the host was asked to stop: workers may be gone before the gate is shut
     */
    public Pipeline(
            Limits limits,
            ModelCatalog catalog,
            AdmissionGate gate,
            PeerWatch watch,
            List<WriterThread> writers,
            HttpServiceMetrics metrics,
            BooleanSupplier stopping) {
        this.limits = limits;
        this.catalog = catalog;
        this.gate = gate;
        this.watch = watch;
        this.writers = List.copyOf(writers);
        this.metrics = metrics;
        this.stopping = stopping;
        parser = new RequestParser(limits.jsonDepth());
        preprocessor = new Preprocessor(metrics, limits.promptChars());
    }

    /** Answers a request; returns before it is answered. */
    public void handle(Endpoint endpoint, Request request, Response response, Callback callback) {
        var id = ids.claim(Optional.ofNullable(request.getHeaders().get(RequestIds.HEADER)));
        var http = new HttpExchange(id, request, response, callback);
        var unknown = new Unknown(endpoint, http);
        BodyIntake.read(request, limits.bodyBytes(), limits.bodyTimeout(), unknown);
    }

    /** Ends every response that is under way with that error, and those that are about to begin. */
    public void cutAll(EngineError error) {
        cut = error;
        running.forEach(reply -> reply.cut(error));
    }

    /** A request whose body is still to come. */
    private final class Unknown implements BodyIntake.Receiver {
        private final Endpoint endpoint;
        private final HttpExchange http;

        Unknown(Endpoint endpoint, HttpExchange http) {
            this.endpoint = endpoint;
            this.http = http;
        }

        @Override
        public void body(byte[] bytes, int length) {
            var ticket = stopping.getAsBoolean() ? Optional.<AdmissionGate.Ticket>empty() : gate.enter();
            if (ticket.isEmpty()) {
                http.closeConnection();
                refuse(ApiError.of(new EngineError.Draining(SHUTTING_DOWN)));
                return;
            }
            try {
                ContentType.check(http.request());
                var asked = endpoint.parse(parser, ByteBuffer.wrap(bytes, 0, length));
                var name = asked.options().model();
                var model = catalog.find(name).orElseThrow(() -> new ApiException(ApiError.unknownModel(name)));
                var life = RequestLife.of(http, endpoint, model, asked.options().stream(), metrics);
                life.holds(() -> ids.release(http.id()));
                life.holds(ticket.get()::close);
                new Known(endpoint, model, asked, life).run();
            } catch (ApiException e) {
                ticket.get().close();
                refuse(e.error());
            } catch (RuntimeException | Error e) {
                ticket.get().close();
                LOG.error("request {} failed", http.id(), e);
                refuse(ApiError.internal());
            }
        }

        @Override
        public void tooLarge() {
            http.closeConnection();
            refuse(ApiError.refused(
                    413, "body_too_large", "the body has more than %d bytes: send less".formatted(limits.bodyBytes())));
        }

        @Override
        public void tooSlow() {
            http.closeConnection();
            refuse(ApiError.refused(
                    408,
                    "body_too_slow",
                    "the body did not arrive within %s: send it faster".formatted(seconds(limits.bodyTimeout()))));
        }

        @Override
        public void malformed() {
            http.closeConnection();
            refuse(ApiError.malformed("the body is not sent as HTTP asks for"));
        }

        @Override
        public void broken(Throwable cause) {
            LOG.debug("request {}: no body", http.id(), cause);
            http.abandon(cause);
            life().over(new Outcome.CallerGone(), 499);
        }

        private void refuse(ApiError error) {
            life().refuse(error);
        }

        private RequestLife life() {
            var life = RequestLife.ofUnknown(http, endpoint, metrics);
            life.holds(() -> ids.release(http.id()));
            return life;
        }
    }

    /** A request of which it is known what it asks of whom. */
    private final class Known {
        private final Endpoint endpoint;
        private final ServedModel model;
        private final Asked asked;
        private final RequestLife life;

        Known(Endpoint endpoint, ServedModel model, Asked asked, RequestLife life) {
            this.endpoint = endpoint;
            this.model = model;
            this.asked = asked;
            this.life = life;
        }

        void run() {
            try {
                var text = use(model);
                life.holds(text::close);
                var request = preprocessor.prepare(asked, model, text);
                int promptTokens = request.prompt() instanceof Prompt.Tokens(var tokens) ? tokens.size() : 0;
                if (promptTokens > 0) life.guard().inputTokens(promptTokens);
                dispatch(request, reply(request, promptTokens, text));
            } catch (ApiException e) {
                life.refuse(e.error());
            } catch (EngineException e) {
                life.refuse(ApiError.of(e.error()));
            } catch (RuntimeException | Error e) {
                LOG.error("request {} failed", life.http().id(), e);
                life.refuse(ApiError.internal());
            }
        }

        private Reply reply(GenerateRequest request, int promptTokens, ModelText.Use text) {
            var options = asked.options();
            var detokenizer = text.tokenizer()
                    .detokenizer(
                            request.output().skipSpecialTokens() ? Specials.SKIP : Specials.KEEP,
                            endpoint.leadingSpace());
            var stops = StopMatcher.of(request.stop().stopStrings(), options.includeStopString());
            var choices =
                    List.of(new ChoiceText(detokenizer, stops, request.stop().minTokens()));
            var head = new ResponseHead(
                    endpoint.responseId(life.http().id()), Instant.now().getEpochSecond(), options.model());
            var writer = writers.get(Math.floorMod(turn.getAndIncrement(), writers.size()));
            return options.stream()
                    ? new StreamReply(
                            life,
                            choices,
                            promptTokens,
                            endpoint.renderer(head, options.includeUsage(), text.tokenizer()),
                            options.includeUsage(),
                            new StreamReply.Settings(limits.queueSlots(), limits.silence()),
                            writer)
                    : new UnaryReply(
                            life,
                            choices,
                            promptTokens,
                            endpoint,
                            head,
                            request.output().logProbs().isPresent(),
                            text.tokenizer(),
                            limits.queueSlots(),
                            writer);
        }

        /** From here on the reply answers, also when nobody takes the request. */
        private void dispatch(GenerateRequest request, Reply reply) {
            running.add(reply);
            life.holds(() -> running.remove(reply));
            life.holds(watch.watch(life.http().unreadConnection(), reply)::close);
            life.http().onFailure(reply::callerGone);
            var generation = reply.generation();
            try {
                generation.started(Dispatcher.dispatch(model, request, head(), generation.queue()));
            } catch (EngineException e) {
                generation.queue().failed(e.error());
            } catch (RuntimeException | Error e) {
                LOG.error("request {} failed", life.http().id(), e);
                generation
                        .queue()
                        .failed(new EngineError.Unknown(ApiError.internal().message()));
            }
            // It may have come while everything was being cut.
            var error = cut;
            if (error != null) reply.cut(error);
        }

        private RequestHead head() {
            var headers = life.http().request().getHeaders();
            var trace = new LinkedHashMap<String, String>();
            for (var name : List.of("traceparent", "tracestate")) {
                var value = headers.get(name);
                if (value != null) trace.put(name, value);
            }
            return new RequestHead(life.http().id(), asked.options().metadata(), trace);
        }
    }

    private static ModelText.Use use(ServedModel model) throws EngineException {
        var use = model.text().use();
        if (use.isPresent()) return use.get();
        var failure = model.text().failure();
        throw new EngineException(new EngineError.WorkerUnavailable("model '%s' cannot be used: %s"
                .formatted(model.name(), failure.isEmpty() ? "its tokenizer is being loaded" : failure)));
    }

    private static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
