package dev.nacelle.python.graalpy;

import dev.nacelle.python.bridge.PythonCode;
import dev.nacelle.python.bridge.Transport;
import dev.nacelle.spi.error.EngineException;
import org.jspecify.annotations.Nullable;

/**
 * GraalPy for all engines of this JVM: its classes are loaded when the first engine starts, and what it learns of
 * the code it runs is shared by those that follow. Safe from any thread.
 */
public final class GraalPy {
    /** The one that the optimizing compiler for a stock JDK 25 exists for; the build resolves the same. */
    static final String VERSION = "25.0.3";

    /** Of the whole JVM, which lets its native parts in once: two class loaders of them would be one too many. */
    private static @Nullable Guest guest;

    /** Runs engines that way. */
    public Transport.Factory factory(GuestOptions options) {
        return new Factory(options);
    }

    private static Guest guest() throws EngineException {
        synchronized (GraalPy.class) {
            if (guest == null) guest = GuestPlace.find().load();
            return guest;
        }
    }

    private static final class Factory implements Transport.Factory {
        private final GuestOptions options;

        Factory(GuestOptions options) {
            this.options = options;
        }

        @Override
        public Transport open(PythonCode code, Transport.Receiver receiver)
                throws EngineException, InterruptedException {
            return guest().open(options, code, receiver);
        }

        @Override
        public String runtime() {
            return "graalpy";
        }

        @Override
        public boolean restarts() {
            return true;
        }
    }
}
