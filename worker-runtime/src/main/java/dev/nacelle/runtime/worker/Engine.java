package dev.nacelle.runtime.worker;

import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine under the name that its configuration gives it, what it is owed, and the threads to call it on: each has the
 * engine's own class loader as its context class loader, as libraries inside the engine look there for their parts.
 */
final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final String name;
    private final LLMEngine code;
    private final AtomicBoolean cleanupOwed = new AtomicBoolean();

    Engine(String name, LLMEngine code) {
        this.name = name;
        this.code = code;
    }

    String name() {
        return name;
    }

    /** For the calls that have nothing to be watched over. */
    LLMEngine code() {
        return code;
    }

    EngineConfig start(StartContext context) throws EngineException, InterruptedException {
        cleanupOwed.set(true);
        return code.start(context);
    }

    /** Cleans up if that is owed: once after a start was entered, and never else. */
    void cleanup() throws EngineException, InterruptedException {
        if (cleanupOwed.compareAndSet(true, false)) code.cleanup();
    }

    void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
            throws EngineException, InterruptedException {
        code.generate(request, context, sink);
    }

    /** Tells the engine of a cancellation; what it throws is logged. */
    void abort(GenerateContext context) {
        try {
            code.abort(context);
        } catch (RuntimeException | Error e) {
            LOG.warn("request {}: abort of engine '{}' failed", context.id(), name, e);
        }
    }

    Thread virtualThread(String threadName, Runnable work) {
        var thread = Thread.ofVirtual()
                .name(threadName)
                .inheritInheritableThreadLocals(false)
                .unstarted(work);
        thread.setContextClassLoader(classLoader());
        return thread;
    }

    /** For what may hold its carrier for long: loading, native code. A daemon, as the process must be able to end. */
    Thread platformThread(String threadName, Runnable work) {
        var thread = Thread.ofPlatform().daemon().name(threadName).unstarted(work);
        thread.setContextClassLoader(classLoader());
        return thread;
    }

    ClassLoader classLoader() {
        return code.getClass().getClassLoader();
    }
}
