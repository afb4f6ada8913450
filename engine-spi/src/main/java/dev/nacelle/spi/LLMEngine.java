package dev.nacelle.spi;

import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.metrics.MetricsBindings;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One engine, made by its {@link EngineProvider}. The first three methods are all that an engine must have; the rest
 * are opt-in.
 *
 * <p>The host calls, in this order: {@link #start}, {@link #setupMetrics}, {@link #kvEventSources},
 * {@link #healthCheckRequest}, {@link #onEndpointReady}, then {@link #generate} and {@link #abort} concurrently for as
 * long as it serves, then {@link #drain}, {@link #isQuiescent} (prefill workers only), {@link #cleanup}. Engines log
 * through {@link System.Logger}.
 */
public interface LLMEngine {
    /**
     * Blocks until {@link #generate} can be called; may take minutes, and reports them with
     * {@link StartContext#progress}. Called once.
     */
    EngineConfig start(StartContext context) throws EngineException, InterruptedException;

    /**
     * Serves one request, on a virtual thread of its own: returning before the terminal item is a broken contract, so an
     * engine that feeds the sink from elsewhere waits here until the stream has ended. A try/finally in the body is the
     * clean-up of every path.
     *
     * <p>On cancellation, in this order and once each: {@link GenerateContext#isCancelled} turns true, the actions of
     * {@link GenerateContext#onCancel} run, {@link #abort} is called, and the thread is interrupted. The stream then
     * ends within 2 s with {@code CANCELLED}, or by throwing {@link InterruptedException}.
     *
     * @throws EngineException as the stream's terminal; any other exception becomes {@code Unknown}
     */
    void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
            throws EngineException, InterruptedException;

    /**
     * Releases everything. Called exactly once after {@link #start} was entered, also when that threw, and never
     * concurrently with it. Must be safe on partial state, on a never-started engine, and when called again.
     */
    void cleanup() throws EngineException, InterruptedException;

    /** A request was cancelled: free what it holds outside its thread. Once per cancelled request, must be short. */
    default void abort(GenerateContext context) {}

    /** Instruments, bridged registries and ranks. Once, after {@link #start}. */
    default MetricsBindings setupMetrics(MetricsContext context) {
        return MetricsBindings.none();
    }

    /** The KV-event streams, one per rank at most. Once, after {@link #setupMetrics}. */
    default List<KvEventSource> kvEventSources() {
        return List.of();
    }

    /** The canary's probe, small and cheap; an idle engine gets it now and then. Once. */
    default Optional<GenerateRequest> healthCheckRequest() {
        return Optional.empty();
    }

    /** The last call before serving; an exception here fails the start. */
    default void onEndpointReady(Endpoint endpoint) throws EngineException, InterruptedException {}

    /** Called once when in-flight requests have ended, before {@link #cleanup}. */
    default void drain() throws EngineException, InterruptedException {}

    /**
     * Whether a prefill worker's transfers are done: true, false while they run, empty when that cannot be told. Polled
     * every 0.5 s.
     */
    default Optional<Boolean> isQuiescent() {
        return Optional.empty();
    }

    /** What {@code POST /engine/control/{name}} reaches, by name. Asked once, before serving. */
    default Map<String, EngineAction> controls() {
        return Map.of();
    }

    /** What {@code POST /engine/update/{name}} reaches, by name. Asked once, before serving. */
    default Map<String, EngineAction> updates() {
        return Map.of();
    }
}
