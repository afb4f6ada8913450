package dev.nacelle.python.graalpy;

import dev.nacelle.python.bridge.PythonCode;
import dev.nacelle.python.bridge.Transport;
import dev.nacelle.spi.error.EngineException;

/** GraalPy, as this package sees it: what implements it lives behind {@link GuestLoader}. Safe from any thread. */
public interface Guest {
    /** Starts a Python, as {@link Transport.Factory#open} does. */
    Transport open(GuestOptions options, PythonCode code, Transport.Receiver receiver)
            throws EngineException, InterruptedException;
}
