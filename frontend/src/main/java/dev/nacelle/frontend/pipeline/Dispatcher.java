package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.model.ServedModel;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.runtime.plane.Instance;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateRequest;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds an instance that takes the request: which to ask, and who takes it. */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private Dispatcher() {}

    /**
     * The instances to ask, the one that is to have the request first; never none.
     *
     * @throws EngineException when nobody is ready
     */
    static List<Instance> route(ServedModel model) throws EngineException {
        var ready = model.inTurn();
        if (ready.isEmpty())
            throw new EngineException(new EngineError.WorkerUnavailable(
                    "no worker of model '%s' is ready; try again shortly".formatted(model.name())));
        return ready;
    }

    /**
     * Asks the candidates one after the other until one takes the request; whoever refuses has sent nothing.
     *
     * @throws EngineException when the request itself is refused, or by everybody
     */
    static InFlight dispatch(
            List<Instance> candidates, GenerateRequest request, RequestHead head, ResponseReceiver receiver)
            throws EngineException {
        var refusal = new EngineException(
                new EngineError.WorkerUnavailable("no worker takes the request; try again shortly"));
        for (var instance : candidates) {
            try {
                return instance.dispatch(request, head, receiver);
            } catch (EngineException e) {
                if (!mayAnotherTakeIt(e.error())) throw e;
                LOG.debug(
                        "request {}: refused by worker {}",
                        head.id(),
                        instance.card().instanceHex(),
                        e);
                refusal = e;
            }
        }
        throw refusal;
    }

    private static boolean mayAnotherTakeIt(EngineError error) {
        return switch (error) {
            case EngineError.Draining _,
                    EngineError.WorkerUnavailable _,
                    EngineError.EngineShutdown _,
                    EngineError.CannotConnect _,
                    EngineError.ConnectionTimeout _,
                    EngineError.Overloaded _ -> true;
            case EngineError.InvalidArgument _,
                    EngineError.Disconnected _,
                    EngineError.ResponseTimeout _,
                    EngineError.StreamIncomplete _,
                    EngineError.Cancelled _,
                    EngineError.HttpError _,
                    EngineError.Unknown _ -> false;
        };
    }
}
