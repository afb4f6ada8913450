package dev.nacelle.frontend;

import dev.nacelle.frontend.admission.KeyRing;
import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.api.JsonBuffer;
import dev.nacelle.frontend.api.OpenApi;
import dev.nacelle.frontend.api.ResponseBodies;
import dev.nacelle.frontend.model.ModelCatalog;
import dev.nacelle.frontend.model.ServedModel;
import dev.nacelle.frontend.pipeline.Endpoint;
import dev.nacelle.frontend.pipeline.Pipeline;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The paths of the API. */
final class ApiHandler extends Handler.Abstract {
    private static final String MODELS = "/v1/models";

    private final Pipeline pipeline;
    private final ModelCatalog catalog;
    private final byte[] openApi = OpenApi.document();
    private final KeyRing keys;

    ApiHandler(Pipeline pipeline, ModelCatalog catalog, KeyRing keys) {
        // Parsing and tokenizing: nothing for the thread that looks after all connections.
        super(InvocationType.BLOCKING);
        this.pipeline = pipeline;
        this.catalog = catalog;
        this.keys = keys;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var refusal = refusal(request, response);
        var path = request.getHttpURI().getDecodedPath();
        switch (path) {
            case "/v1/chat/completions" -> post(Endpoint.CHAT, refusal, request, response, callback);
            case "/v1/completions" -> post(Endpoint.COMPLETION, refusal, request, response, callback);
            case "/v1/embeddings" -> post(Endpoint.EMBEDDING, refusal, request, response, callback);
            case "/v1/responses" -> post(Endpoint.RESPONSE, refusal, request, response, callback);
            default -> {
                if (refusal.isPresent()) ErrorPages.write(refusal.get(), response, callback);
                else page(path, request, response, callback);
            }
        }
        return true;
    }

    private void page(String path, Request request, Response response, Callback callback) {
        boolean one = path.startsWith(MODELS + "/");
        boolean description = path.equals("/openapi.json");
        if (!one && !description && !path.equals(MODELS)) ErrorPages.unknownPath(request, response, callback);
        else if (refusesMethod(request, response, callback, "GET", "HEAD")) return;
        else if (description) answer(response, callback, ByteBuffer.wrap(openApi));
        else if (one) showModel(path.substring(MODELS.length() + 1), response, callback);
        else listModels(response, callback);
    }

    private void post(
            Endpoint endpoint, Optional<ApiError> refusal, Request request, Response response, Callback callback) {
        if (refusal.isPresent()) pipeline.refuse(endpoint, refusal.get(), request, response, callback);
        else if (!refusesMethod(request, response, callback, "POST"))
            pipeline.handle(endpoint, request, response, callback);
    }

    /** Why a request is refused before anything else is known of it: its key is not one of ours, or is used too often. */
    private Optional<ApiError> refusal(Request request, Response response) {
        var key = Optional.ofNullable(request.getHeaders().get(HttpHeader.AUTHORIZATION));
        return switch (keys.judge(key)) {
            case KeyRing.Verdict.Allowed _ -> Optional.empty();
            case KeyRing.Verdict.TooOften(var wait) -> Optional.of(ApiError.tooOften(wait));
            case KeyRing.Verdict.Unknown _ -> {
                response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
                yield Optional.of(ApiError.refused(
                        401,
                        "invalid_api_key",
                        "expected a key of this server in the header Authorization: Bearer KEY"));
            }
        };
    }

    private void listModels(Response response, Callback callback) {
        var body = new JsonBuffer();
        ResponseBodies.models(
                body, catalog.models().stream().map(ApiHandler::shown).toList());
        answer(response, callback, body.view());
    }

    private void showModel(String name, Response response, Callback callback) {
        var model = catalog.find(name);
        if (model.isEmpty()) {
            ErrorPages.write(ApiError.unknownModel(name), response, callback);
            return;
        }
        var body = new JsonBuffer();
        ResponseBodies.model(body, shown(model.get()));
        answer(response, callback, body.view());
    }

    private static ResponseBodies.Model shown(ServedModel model) {
        return new ResponseBodies.Model(
                model.name(),
                model.createdSeconds(),
                model.config().registration().contextLength());
    }

    private static void answer(Response response, Callback callback, ByteBuffer json) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.write(true, json, callback);
    }

    private static boolean refusesMethod(Request request, Response response, Callback callback, String... allowed) {
        for (var method : allowed) if (method.equals(request.getMethod())) return false;
        var methods = String.join(", ", allowed);
        response.getHeaders().put(HttpHeader.ALLOW, methods);
        ErrorPages.write(
                ApiError.refused(
                        405,
                        "method_not_allowed",
                        "method: found %s, expected %s".formatted(request.getMethod(), methods)),
                response,
                callback);
        return true;
    }
}
