package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.admission.AdmissionGate;
import dev.nacelle.frontend.admission.Overload;
import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.metrics.HttpServiceMetrics;
import dev.nacelle.frontend.metrics.PipelineMetrics;
import dev.nacelle.frontend.model.ModelCatalog;
import dev.nacelle.frontend.router.RequestRouter;
import dev.nacelle.frontend.stream.FlushWindow;
import dev.nacelle.frontend.stream.PeerWatch;
import dev.nacelle.frontend.stream.WriterThread;
import dev.nacelle.spi.error.EngineError;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Answers requests for text: preprocess → route → dispatch → respond. {@link Arrival} takes a request's body and finds out
 * what it asks of whom, {@link Serving} walks it through the stages, {@link Replies} makes what answers it. Everything up
 * to the dispatch happens on the thread that brings the body's last byte, everything after it on a writer's.
 */
public final class Pipeline {
    /**
     * What one caller may take.
     *
     * @param bodyBytes largest body
     * @param bodyTimeout time in which it must arrive
     * @param jsonDepth levels of objects and arrays in it
     * @param jsonString characters of a string in it
     * @param promptChars longest prompt
     * @param queueSlots tokens of a response that wait to be written
     * @param silence how long a stream is silent before a comment goes out
     * @param idle how long a client may not read
     * @param window which events share a write
     */
    public record Limits(
            int bodyBytes,
            Duration bodyTimeout,
            int jsonDepth,
            int jsonString,
            int promptChars,
            int queueSlots,
            Duration silence,
            Duration idle,
            FlushWindow window) {}

    /**
     * What the pipeline works with.
     *
     * @param stopping whether the host was asked to stop: workers may be gone before the gate is shut
     */
    public record Parts(
            Limits limits,
            ModelCatalog catalog,
            AdmissionGate gate,
            Overload overload,
            PeerWatch watch,
            List<WriterThread> writers,
            HttpServiceMetrics http,
            PipelineMetrics stages,
            RequestRouter router,
            BooleanSupplier stopping) {
        public Parts {
            writers = List.copyOf(writers);
        }
    }

    private final Arrival.Desk desk;
    private final RequestIds ids = new RequestIds();
    private final Running running = new Running();

    public Pipeline(Parts parts) {
        desk = new Arrival.Desk(parts, ids, running);
    }

    /** Answers a request; returns before it is answered. */
    public void handle(Endpoint endpoint, Request request, Response response, Callback callback) {
        var id = ids.claim(Optional.ofNullable(request.getHeaders().get(RequestIds.HEADER)));
        desk.receive(endpoint, new HttpExchange(id, request, response, callback));
    }

    /** Answers a request with an error, whatever it asks for; its body is not read. */
    public void refuse(Endpoint endpoint, ApiError error, Request request, Response response, Callback callback) {
        var id = ids.claim(Optional.ofNullable(request.getHeaders().get(RequestIds.HEADER)));
        desk.refuse(endpoint, error, new HttpExchange(id, request, response, callback));
    }

    /** Ends every response that is under way with that error, and those that are about to begin. */
    public void cutAll(EngineError error) {
        running.cutAll(error);
    }
}
