package dev.nacelle.runtime.system;

import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** {@code /health}, {@code /ready} and {@code /live}. */
final class HealthHandler extends Handler.Abstract.NonBlocking {
    /** What a path asks. */
    enum Question {
        /** Is the process there? Always 200. */
        LIVE,
        /** Does it do its work? 200 or 503. */
        READY,
        /** The same, with every part's state. */
        HEALTH
    }

    private final HealthBoard board;
    private final Question question;

    HealthHandler(HealthBoard board, Question question) {
        this.board = board;
        this.question = question;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (JsonReply.refuseMethod(request, response, callback, "GET", "HEAD")) return true;
        if (question == Question.LIVE) return JsonReply.send(response, callback, 200, Map.of("status", "live"));
        var parts = board.parts();
        boolean ready = HealthBoard.areReady(parts);
        var body = new LinkedHashMap<String, Object>();
        body.put("status", ready ? "ready" : "notready");
        if (question == Question.HEALTH) {
            body.put("parts", parts.stream().map(HealthHandler::json).toList());
            body.putAll(board.contents());
        }
        return JsonReply.send(response, callback, ready ? 200 : 503, body);
    }

    private static Map<String, Object> json(ComponentHealth part) {
        var json = new LinkedHashMap<String, Object>();
        json.put("name", part.name());
        json.put("state", part.state());
        json.put("ready", part.ready());
        json.putAll(part.details());
        return json;
    }
}
