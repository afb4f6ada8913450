package dev.nacelle.frontend.router;

import dev.nacelle.frontend.metrics.StageGuard;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.spi.request.GenerateRequest;
import java.util.function.BiConsumer;

/**
 * A request that is to go to a worker.
 *
 * @param model its name in the catalogue
 * @param receiver gets exactly one terminal, whatever happens
 * @param stages the request's way through the pipeline
 * @param header takes headers for the response, by name and value, while those can still be set
 */
public record Outgoing(
        String model,
        GenerateRequest request,
        RequestHead head,
        RouteHints hints,
        ResponseReceiver receiver,
        StageGuard stages,
        BiConsumer<String, String> header) {}
