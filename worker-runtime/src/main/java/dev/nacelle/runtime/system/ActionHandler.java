package dev.nacelle.runtime.system;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.nacelle.spi.EngineAction;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /engine/control/{name}} and {@code POST /engine/update/{name}}: asks every worker that offers the name, or
 * the one that {@code ?component=…&worker=…} selects, and answers with an object keyed by worker id.
 */
final class ActionHandler extends Handler.Abstract {
    /** The two families of actions, which differ in their path and in nothing else. */
    enum Kind {
        CONTROL,
        UPDATE;

        Map<String, EngineAction> of(ActionBoard.Target target) {
            return switch (this) {
                case CONTROL -> target.controls();
                case UPDATE -> target.updates();
            };
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(ActionHandler.class);
    private static final TypeReference<LinkedHashMap<String, Object>> OBJECT = new TypeReference<>() {};

    private final ActionBoard board;
    private final Kind kind;
    private final boolean enabled;

    ActionHandler(ActionBoard board, Kind kind, boolean enabled) {
        super(InvocationType.BLOCKING);
        this.board = board;
        this.kind = kind;
        this.enabled = enabled;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (!enabled)
            return JsonReply.error(
                    response, callback, 403, "controls are off; set system.controls: true to serve them");
        if (JsonReply.refuseMethod(request, response, callback, "POST")) return true;
        var path = request.getHttpURI().getDecodedPath();
        var name = path.substring(path.lastIndexOf('/') + 1);
        var query = Request.extractQueryParameters(request);
        var component = Optional.ofNullable(query.getValue("component"));
        var worker = Optional.ofNullable(query.getValue("worker"));
        var chosen = board.targets().stream()
                .filter(target -> kind.of(target).containsKey(name))
                .filter(target -> component.map(target.component()::equals).orElse(true))
                .filter(target -> worker.map(target.workerId()::equals).orElse(true))
                .toList();
        if (chosen.isEmpty())
            return JsonReply.error(
                    response, callback, 404, "no worker here offers " + describe(name, component, worker));
        // A worker that updates for minutes is not idle.
        request.addIdleTimeoutListener(_ -> false);
        LinkedHashMap<String, Object> body;
        try {
            var text = Content.Source.asString(request);
            body = text.isBlank() ? new LinkedHashMap<>() : JsonReply.JSON.readValue(text, OBJECT);
        } catch (JsonProcessingException e) {
            return JsonReply.error(response, callback, 400, "the body is no JSON object: " + e.getOriginalMessage());
        }
        var answers = new LinkedHashMap<String, Object>();
        int status = 200;
        for (var target : chosen) {
            try {
                answers.put(target.workerId(), action(target, name).apply(new LinkedHashMap<>(body)));
            } catch (Exception e) {
                LOG.warn("{} {} failed on worker {}", kind, name, target.workerId(), e);
                answers.put(target.workerId(), Map.of("status", "error", "message", String.valueOf(e.getMessage())));
                status = 500;
            }
        }
        return JsonReply.send(response, callback, status, answers);
    }

    private EngineAction action(ActionBoard.Target target, String name) {
        var action = kind.of(target).get(name);
        if (action == null) throw new IllegalStateException(name + " is not offered by " + target.workerId());
        return action;
    }

    private String describe(String name, Optional<String> component, Optional<String> worker) {
        return "the %s '%s'%s%s"
                .formatted(
                        kind == Kind.CONTROL ? "control" : "update",
                        name,
                        component
                                .map(value -> " in component '%s'".formatted(value))
                                .orElse(""),
                        worker.map(value -> " as worker '%s'".formatted(value)).orElse(""));
    }
}
