package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.admission.AdmissionGate;
import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.api.ApiException;
import dev.nacelle.frontend.api.RequestParser;
import dev.nacelle.spi.error.EngineError;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request whose body is still to come; once it is there, what it asks for is known, or why it is refused. */
final class Arrival implements BodyIntake.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(Arrival.class);
    static final String SHUTTING_DOWN =
            "the server shuts down and takes no new requests; send it to another, or again shortly";

    /** Where requests arrive: what they all need. */
    static final class Desk {
        private final Pipeline.Parts parts;
        private final RequestIds ids;
        private final RequestParser parser;
        private final Serving.Stages stages;

        Desk(Pipeline.Parts parts, RequestIds ids, Running running) {
            this.parts = parts;
            this.ids = ids;
            parser =
                    new RequestParser(parts.limits().jsonDepth(), parts.limits().jsonString());
            stages = new Serving.Stages(parts, running, ids);
        }

        /** Answers a request with an error. */
        void refuse(Endpoint endpoint, ApiError error, HttpExchange http) {
            new Arrival(this, endpoint, http).refuse(error);
        }

        /** Takes a request in; returns before its body is there. */
        void receive(Endpoint endpoint, HttpExchange http) {
            BodyIntake.read(
                    http.request(),
                    parts.limits().bodyBytes(),
                    parts.limits().bodyTimeout(),
                    parts.overload().bodies(),
                    new Arrival(this, endpoint, http));
        }
    }

    private final Desk desk;
    private final Endpoint endpoint;
    private final HttpExchange http;

    private Arrival(Desk desk, Endpoint endpoint, HttpExchange http) {
        this.desk = desk;
        this.endpoint = endpoint;
        this.http = http;
    }

    @Override
    public void body(byte[] bytes, int length) {
        var parts = desk.parts;
        var ticket = parts.stopping().getAsBoolean()
                ? Optional.<AdmissionGate.Ticket>empty()
                : parts.gate().enter();
        if (ticket.isEmpty()) {
            http.closeConnection();
            refuse(ApiError.of(new EngineError.Draining(SHUTTING_DOWN)));
            return;
        }
        try {
            ContentType.check(http.request());
            var asked = endpoint.parse(desk.parser, ByteBuffer.wrap(bytes, 0, length));
            var name = asked.options().model();
            var model = parts.catalog().find(name).orElseThrow(() -> new ApiException(ApiError.unknownModel(name)));
            var life = RequestLife.of(http, endpoint, model, asked.options().stream(), parts.http(), parts.stages());
            life.holds(() -> desk.ids.release(http.id()));
            life.holds(ticket.get()::close);
            if (!model.isReady()) {
                life.refuse(ApiError.of(new EngineError.WorkerUnavailable(
                        "no worker of model '%s' is ready; try again shortly".formatted(model.name()))));
                return;
            }
            var serving = new Serving(desk.stages, endpoint, model, asked, life);
            Entrance.enter(serving, life, parts.overload().capacity(), parts.watch(), asked.options().stream());
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
                413,
                "body_too_large",
                "the body has more than %d bytes: send less"
                        .formatted(desk.parts.limits().bodyBytes())));
    }

    @Override
    public void noRoom() {
        http.closeConnection();
        refuse(ApiError.of(new EngineError.Overloaded(
                "the server receives as many bytes of requests as it has room for; try again shortly",
                Duration.ofSeconds(1))));
    }

    @Override
    public void tooSlow() {
        http.closeConnection();
        refuse(ApiError.refused(
                408,
                "body_too_slow",
                "the body did not arrive within %s: send it faster"
                        .formatted(seconds(desk.parts.limits().bodyTimeout()))));
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
        var life = RequestLife.ofUnknown(http, endpoint, desk.parts.http(), desk.parts.stages());
        life.holds(() -> desk.ids.release(http.id()));
        return life;
    }

    private static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
