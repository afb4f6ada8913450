package dev.nacelle.frontend;

import dev.nacelle.frontend.api.ApiError;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Lets a page that waits for its reader have some of the port's threads, and not all: scrapers that read slowly, or not at all,
 * would keep the API's callers waiting. Whoever comes when they are in use gets 503.
 */
final class AtATime extends Handler.Wrapper {
    private final int limit;
    private final Semaphore free;

    AtATime(int limit, Handler page) {
        super(page);
        this.limit = limit;
        free = new Semaphore(limit);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (!free.tryAcquire()) {
            ErrorPages.write(
                    ApiError.refused(
                            503,
                            "page_busy",
                            "%d requests of this page are being answered, and no more are at a time; try again shortly"
                                    .formatted(limit)),
                    response,
                    callback);
            return true;
        }
        try {
            return super.handle(request, response, callback);
        } finally {
            free.release();
        }
    }
}
