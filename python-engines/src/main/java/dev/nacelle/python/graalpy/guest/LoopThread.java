package dev.nacelle.python.graalpy.guest;

import dev.nacelle.python.bridge.PythonCode;
import dev.nacelle.python.graalpy.Sandbox;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * The thread of one event loop, and of everything in its context but the question of {@link PythonStack}. Its context ends
 * with it.
 */
final class LoopThread {
    private static final Logger LOG = System.getLogger(LoopThread.class.getName());
    /** Python's recursion takes more of Java's stack than Java's own. */
    private static final long STACK_BYTES = 64L << 20;

    private final Engine engine;
    private final Sandbox sandbox;
    private final PythonCode code;
    private final LoopGate gate;
    private final Outbox outbox;
    private final GuestOutput output = new GuestOutput();
    private final Thread thread;
    private volatile @Nullable Context context;
    private volatile @Nullable Value transport;
    private volatile @Nullable Throwable failure;
    private volatile Interruption interruption = new Interruption("the event loop was interrupted", "");

    /** What the watchdog had to say. */
    private record Interruption(String message, String stack) {}

    LoopThread(Engine engine, Sandbox sandbox, PythonCode code, LoopGate gate, Outbox outbox) {
        this.engine = engine;
        this.sandbox = sandbox;
        this.code = code;
        this.gate = gate;
        this.outbox = outbox;
        thread = Thread.ofPlatform()
                .daemon()
                .name("graalpy-" + code.className())
                .stackSize(STACK_BYTES)
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Why it ended, when it did not end by itself. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    boolean isOver() {
        return !thread.isAlive();
    }

    /** Waits for its end. @return whether it has ended */
    boolean join(Duration limit) throws InterruptedException {
        return thread.join(limit);
    }

    /** Has whatever runs in the context end, as soon as that can be; returns at once. */
    void doom() {
        var doomed = context;
        // Ending a context may take as long as the operation that Python is in: on a thread that can be left behind.
        if (doomed != null) Thread.ofPlatform().daemon().name("graalpy-close").start(() -> doomed.close(true));
    }

    /** The same, and waits for it. @return whether it has ended */
    boolean kill(Duration limit) throws InterruptedException {
        doom();
        return thread.join(limit);
    }

    /** What Python does at the moment; empty where it lets nobody in who could ask. */
    Optional<String> stack(Duration limit) throws InterruptedException {
        var bridge = transport;
        return bridge == null ? Optional.empty() : PythonStack.of(bridge, thread, output, limit);
    }

    /**
     * Interrupts what Python does, and lets the event loop go on; the task that ran fails with the message. No other thread of
     * Java's may be in the context, or on its way in: GraalPy would leave its GIL with it, for good.
     *
     * @return false when it did not react in time
     */
    boolean interrupt(String message, String stack, Duration limit) {
        interruption = new Interruption(message, stack);
        var running = context;
        if (running == null) return false;
        try {
            running.interrupt(limit);
            return true;
        } catch (TimeoutException _) {
            return false;
        }
    }

    private void run() {
        var reason = "the event loop was closed";
        try {
            runIn(Contexts.create(engine, sandbox, code, output));
        } catch (RuntimeException | Error | InterruptedException e) {
            failure = e;
            reason = e instanceof PolyglotException polyglot && polyglot.isCancelled()
                    ? "Python was ended by force"
                    : "Python ended: " + e.getMessage();
        } finally {
            output.close();
            gate.open();
            outbox.end(reason);
        }
    }

    private void runIn(Context python) throws InterruptedException {
        context = python;
        try {
            var bridge = python.eval("python", "from nacelle._bridge import graalpy\ngraalpy.Transport")
                    .newInstance(waiting(), waking(), delivering(), sandbox == Sandbox.TRUSTED);
            TakingTurns.begin(python);
            PythonStack.warmUp(bridge, output);
            bridge.invokeMember("begin");
            transport = bridge;
            gate.open();
            serve(bridge);
            bridge.invokeMember("end");
        } finally {
            transport = null;
            context = null;
            python.close(true); // without waiting for what the engine left running
        }
    }

    private void serve(Value bridge) {
        for (long turns = -1; ; ) {
            try {
                bridge.invokeMember("serve");
                return;
            } catch (PolyglotException e) {
                boolean ofPython = !e.isInterrupted() && !e.isInternalError() && !e.isHostException();
                // Twice in one turn: it would go on like that.
                if (e.isCancelled() || ofPython || gate.turns() == turns) throw e;
                turns = gate.turns();
                boolean _ = Thread.interrupted(); // it has done what it was for
                var why = e.isInterrupted() ? interruption : refusal(e);
                bridge.invokeMember("recover", why.message(), why.stack());
            }
        }
    }

    /** An exception of Java's own, a sandbox's for instance, breaks a turn off as an interrupt does. */
    private static Interruption refusal(PolyglotException e) {
        LOG.log(Level.WARNING, "GraalPy broke a turn of the event loop off", e);
        return new Interruption("broken off by GraalPy: " + e.getMessage(), "");
    }

    private ProxyExecutable waiting() {
        return arguments -> gate.await(arguments[0].asLong());
    }

    private ProxyExecutable waking() {
        return _ -> {
            gate.wake();
            return true;
        };
    }

    /** Python's bytes are Python's: what leaves is a copy. */
    private ProxyExecutable delivering() {
        return arguments -> {
            var frames = new byte[Math.toIntExact(arguments[0].getBufferSize())];
            arguments[0].readBuffer(0, frames, 0, frames.length);
            outbox.put(frames);
            return true;
        };
    }
}
