package dev.nacelle.python.graalpy.guest;

import dev.nacelle.python.bridge.PythonCode;
import dev.nacelle.python.bridge.Transport;
import dev.nacelle.python.graalpy.Guest;
import dev.nacelle.python.graalpy.GuestOptions;
import dev.nacelle.spi.error.EngineException;

/** The entry: GraalPy's engines, and a transport with a context and a thread of its own for each of ours. */
public final class PolyglotGuest implements Guest {
    private final Engines engines = new Engines();

    @Override
    public Transport open(GuestOptions options, PythonCode code, Transport.Receiver receiver)
            throws EngineException, InterruptedException {
        return GuestTransport.open(engines.of(options.jit()), options, code, receiver);
    }
}
