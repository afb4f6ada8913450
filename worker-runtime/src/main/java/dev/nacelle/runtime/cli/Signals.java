package dev.nacelle.runtime.cli;

import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handlers for SIGTERM and SIGINT. The JDK's only way to them is {@code sun.misc.Signal}, at whose mention the compiler
 * warns; so it is looked up by name.
 */
final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /** Calls {@code handler} with the signal's number, on a thread of the JVM's, for each signal that comes. */
    static void handle(IntConsumer handler) {
        var lookup = MethodHandles.publicLookup();
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handlerType = Class.forName("sun.misc.SignalHandler");
            var number = lookup.findVirtual(signal, "getNumber", MethodType.methodType(int.class));
            var accept = lookup.findVirtual(IntConsumer.class, "accept", MethodType.methodType(void.class, int.class))
                    .bindTo(handler);
            var target = MethodHandles.filterArguments(accept, 0, number);
            var proxy = MethodHandleProxies.asInterfaceInstance(handlerType, target);
            for (var name : new String[] {"TERM", "INT"})
                signal.getMethod("handle", signal, handlerType)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            // Without handlers the JVM still ends on a signal, only without a drain.
            LOG.warn("this JVM offers no signal handlers: a stop will not drain", e);
        }
    }
}
