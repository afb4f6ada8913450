package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.admission.Budget;
import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.api.ApiException;
import dev.nacelle.frontend.metrics.Phase;
import dev.nacelle.frontend.metrics.Stage;
import dev.nacelle.frontend.metrics.StageGuard;
import dev.nacelle.frontend.model.ModelText;
import dev.nacelle.frontend.model.ServedModel;
import dev.nacelle.frontend.router.Outgoing;
import dev.nacelle.frontend.router.RequestRouter;
import dev.nacelle.frontend.router.RouteHints;
import dev.nacelle.frontend.stream.PeerWatch;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request of which it is known what it asks of whom, on its way through the stages. */
final class Serving {
    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

    /** What the stages of all requests share. */
    static final class Stages {
        private final Preprocessor preprocessor;
        private final Replies replies;
        private final RequestRouter router;
        private final PeerWatch watch;
        private final Running running;
        private final Budget promptTokens;
        private final RequestIds ids;
        /** For the parts of a request beside its first, which shows where the whole is. */
        private final StageGuard unseen;

        Stages(Pipeline.Parts parts, Running running, RequestIds ids) {
            preprocessor = new Preprocessor(
                    parts.http(), parts.stages(), parts.limits().promptChars());
            replies = new Replies(parts);
            router = parts.router();
            watch = parts.watch();
            this.running = running;
            promptTokens = parts.overload().promptTokens();
            this.ids = ids;
            unseen = parts.stages().begin();
            unseen.close();
        }
    }

    private final Stages stages;
    private final Endpoint endpoint;
    private final ServedModel model;
    private final Asked asked;
    private final RequestLife life;

    Serving(Stages stages, Endpoint endpoint, ServedModel model, Asked asked, RequestLife life) {
        this.stages = stages;
        this.endpoint = endpoint;
        this.model = model;
        this.asked = asked;
        this.life = life;
    }

    /** Answers the request, or refuses it; never throws. */
    void run() {
        try {
            var text = use(model);
            life.holds(text::close);
            life.stages().enter(Stage.PREPROCESS, Phase.AGGREGATED);
            var prepared = stages.preprocessor.prepare(asked, model, text);
            int promptTokens = prepared.promptTokens();
            if (promptTokens > 0) life.guard().inputTokens(promptTokens);
            hold(promptTokens);
            var reply = stages.replies.reply(endpoint, asked, prepared, text, life);
            send(RouteHints.read(life.http()::header, asked.options().dpRank()), reply);
        } catch (ApiException e) {
            life.refuse(e.error());
        } catch (EngineException e) {
            life.refuse(ApiError.of(e.error()));
        } catch (RuntimeException | Error e) {
            LOG.error("request {} failed", life.http().id(), e);
            life.refuse(ApiError.internal());
        }
    }

    /** The gate after tokenizing: only now it is known how much the request is. */
    private void hold(int promptTokens) throws EngineException {
        var share = stages.promptTokens.take(promptTokens);
        if (share.isEmpty())
            throw new EngineException(new EngineError.Overloaded(
                    "the prompts that are worked on have as many tokens together as they may; try again shortly",
                    Duration.ofSeconds(1)));
        life.holds(share.get()::close);
    }

    /** From here on the reply answers, also when nobody takes the request. */
    private void send(RouteHints hints, Reply reply) {
        life.holds(stages.running.add(reply));
        life.holds(stages.watch.watch(life.http().unreadConnection(), reply.tickEvery(), reply)::close);
        life.http().onFailure(reply::callerGone);
        var trace = trace();
        reply.generation().start((branch, number) -> send(branch, number, hints, trace));
        stages.running.check(reply);
    }

    private InFlight send(Branch branch, int number, RouteHints hints, Map<String, String> trace) {
        boolean first = number == 0;
        try {
            return stages.router.send(new Outgoing(
                    model.name(),
                    branch.part().request(),
                    new RequestHead(id(number), asked.options().metadata(), trace),
                    hints,
                    branch.queue(),
                    first ? life.stages() : stages.unseen,
                    first ? life.http()::header : (_, _) -> {}));
        } catch (RuntimeException | Error e) {
            LOG.error("request {} failed", life.http().id(), e);
            branch.queue().failed(new EngineError.Unknown(ApiError.internal().message()));
            return _ -> {};
        }
    }

    /** Headers for the engine to hand on. */
    private Map<String, String> trace() {
        var headers = life.http().request().getHeaders();
        var trace = new LinkedHashMap<String, String>();
        for (var name : List.of("traceparent", "tracestate")) {
            var value = headers.get(name);
            if (value != null) trace.put(name, value);
        }
        trace.put("x-request-id", life.http().id());
        return Map.copyOf(trace);
    }

    /** An engine tells its requests apart by their ids. */
    private String id(int number) {
        var whole = life.http().id();
        if (number == 0) return whole;
        var id = stages.ids.claimPart(whole, number);
        life.holds(() -> stages.ids.release(id));
        return id;
    }

    private static ModelText.Use use(ServedModel model) throws EngineException {
        var use = model.text().use();
        if (use.isPresent()) return use.get();
        var failure = model.text().failure();
        throw new EngineException(new EngineError.WorkerUnavailable("model '%s' cannot be used: %s"
                .formatted(model.name(), failure.isEmpty() ? "its tokenizer is being loaded" : failure)));
    }
}
