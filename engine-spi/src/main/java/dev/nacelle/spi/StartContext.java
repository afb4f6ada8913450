package dev.nacelle.spi;

/** What an engine gets at {@link LLMEngine#start}. May be kept; safe from any thread. */
public interface StartContext {
    /** Opaque, unique in the cluster and stable for the worker's life: 63 bits, never negative. */
    long workerId();

    /** Where the worker stands and what its configuration says of the model. */
    WorkerSpec worker();

    /**
     * Reports how far loading is: on the command line's progress bar and in {@code /health}.
     *
     * @param fraction 0.0 to 1.0, clamped
     * @param message what is being done, for people
     */
    void progress(double fraction, String message);

    /** How the engine tells its health from now on. */
    HealthReporter health();
}
