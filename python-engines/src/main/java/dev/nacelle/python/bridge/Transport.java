package dev.nacelle.python.bridge;

import dev.nacelle.spi.error.EngineException;
import java.time.Duration;

/** Carries frames between the host and one running Python. */
public interface Transport {
    /**
     * Queues one frame for Python and wakes its event loop. Never blocks, never waits for the GIL; from any thread, in
     * the order of the calls. A frame for a Python that has ended is dropped.
     *
     * @param frame one whole frame, as {@link FrameWriter} makes it; not changed afterwards
     */
    void submit(byte[] frame);

    /**
     * Ends the Python side: its event loop, and a process with it. What does not end within {@code limit} is ended by
     * force where that can be. Idempotent.
     */
    void close(Duration limit) throws InterruptedException;

    /** What comes from Python. Called by one thread at a time. */
    interface Receiver {
        /**
         * Takes frames, whole ones, one after the other.
         *
         * @param batch the receiver's until the call returns
         * @param length how much of it is frames
         */
        void frames(byte[] batch, int length);

        /**
         * Python is gone, or its event loop is: no more frames come. Once, also after {@link Transport#close}.
         *
         * @param reason what happened, for people
         */
        void ended(String reason);
    }

    /** One way to run Python. */
    interface Factory {
        /**
         * Starts a Python with the bridge in it and an event loop that takes frames; the engine's class is not loaded
         * yet. Blocks; the receiver may be called before it returns.
         *
         * @throws EngineException when it cannot run here; the message says what to install or to change
         */
        Transport open(PythonCode code, Receiver receiver) throws EngineException, InterruptedException;

        /** The word for {@code nacelle_engine_info} and {@code nacelle_cancel_propagation_seconds}: graalpy or cpython. */
        String runtime();

        /** Whether a Python that ended is to be started again. */
        boolean restarts();
    }
}
