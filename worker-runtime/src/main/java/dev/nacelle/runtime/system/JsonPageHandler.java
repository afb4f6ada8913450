package dev.nacelle.runtime.system;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Serves the pages of roles, and leaves every other path to the handler behind. */
final class JsonPageHandler extends Handler.Wrapper {
    private final JsonPages pages;

    JsonPageHandler(JsonPages pages, Handler otherwise) {
        super(otherwise);
        this.pages = pages;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        var page = pages.at(request.getHttpURI().getDecodedPath());
        if (page.isEmpty()) return super.handle(request, response, callback);
        return JsonReply.refuseMethod(request, response, callback, "GET", "HEAD")
                || JsonReply.send(response, callback, 200, page.get());
    }
}
