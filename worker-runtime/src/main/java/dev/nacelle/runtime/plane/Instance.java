package dev.nacelle.runtime.plane;

import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateRequest;

/** A registered instance, as a frontend sees it. */
public interface Instance {
    WorkerCard card();

    /** False while the instance takes no requests, starting, down or draining. */
    boolean isReady();

    /** Sends a request. @see RequestHandler#handle */
    InFlight dispatch(GenerateRequest request, RequestHead head, ResponseReceiver receiver) throws EngineException;
}
