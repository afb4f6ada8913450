package dev.nacelle.python.cpython;

import dev.nacelle.python.bridge.Sdk;
import dev.nacelle.spi.error.EngineException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import org.jspecify.annotations.Nullable;

/**
 * The process's CPython: there can be one, as it can be neither finalised nor initialised again with native modules in it.
 * That makes it the one piece of state that outlives its engines; later ones share it and its {@code sys.modules}.
 *
 * <p>Its main thread is a Java thread that runs one engine's event loop after the other. Engines beyond the first at a time
 * get threads of their own.
 */
final class Interpreter {
    /** As a process's main thread usually has it; reserved, not used up. */
    private static final long STACK_BYTES = 8L << 20;

    private static @Nullable Interpreter only; // guarded by the class

    private final Path configured;
    private final Library library;
    private final PythonApi api;
    /** Takes work exactly when the main thread is free. */
    private final SynchronousQueue<Runnable> mainThread = new SynchronousQueue<>();

    private Interpreter(Path configured, Library library, PythonApi api) {
        this.configured = configured;
        this.library = library;
        this.api = api;
    }

    /**
     * The interpreter of this process, started when there is none.
     *
     * @throws EngineException when it cannot be loaded, or another one is there
     */
    static synchronized Interpreter of(Path executable) throws EngineException, InterruptedException {
        var running = only;
        if (running == null) {
            var library = Library.of(executable);
            running = start(executable, library);
            only = running;
        } else if (!running.configured.equals(executable)) {
            var other = Library.of(executable);
            if (!other.file().equals(running.library.file()) || !other.prefix().equals(running.library.prefix()))
                throw EngineException.invalid(
                        "python: this process runs %s (%s) already, and %s is another interpreter; set isolation: process, or use the same for both"
                                .formatted(running.configured, running.library.version(), executable));
        }
        return running;
    }

    PythonApi api() {
        return api;
    }

    /** Runs work that takes the GIL: on Python's main thread when that is free, else on a new one. */
    void run(String name, Runnable work) {
        if (mainThread.offer(work)) return;
        thread(name, () -> {
                    int state = api.ensureGil();
                    try {
                        work.run();
                    } finally {
                        api.releaseGil(state);
                    }
                })
                .start();
    }

    private static Interpreter start(Path configured, Library library) throws EngineException, InterruptedException {
        var started = new CompletableFuture<Interpreter>();
        thread("python-main", () -> main(configured, library, started)).start();
        try {
            return started.get();
        } catch (ExecutionException e) {
            throw EngineException.invalid("python: %s cannot be embedded: %s; set isolation: process"
                    .formatted(
                            library.file(),
                            e.getCause() == null ? e : e.getCause().getMessage()));
        }
    }

    private static void main(Path configured, Library library, CompletableFuture<Interpreter> started) {
        Interpreter interpreter;
        try {
            Native.makeLocaleUtf8();
            var api = new PythonApi(library.file());
            api.initialize(library.executable());
            api.run("import sys; sys.path.insert(0, %s)".formatted(Literal.of(Sdk.folder())));
            interpreter = new Interpreter(configured, library, api);
        } catch (RuntimeException | LinkageError e) {
            started.completeExceptionally(e);
            return;
        }
        interpreter.serve(started);
    }

    /** Works for the process's life; the GIL is free while there is nothing to do. */
    private void serve(CompletableFuture<Interpreter> started) {
        while (true) {
            var state = api.saveThread();
            started.complete(this);
            var work = next();
            api.restoreThread(state);
            work.run();
        }
    }

    private Runnable next() {
        while (true) {
            try {
                return mainThread.take();
            } catch (InterruptedException _) {
                // Nobody means to end Python's main thread; a process ends without asking it.
            }
        }
    }

    private static Thread thread(String name, Runnable work) {
        var thread = new Thread(null, work, name, STACK_BYTES, false);
        thread.setDaemon(true);
        return thread;
    }
}
