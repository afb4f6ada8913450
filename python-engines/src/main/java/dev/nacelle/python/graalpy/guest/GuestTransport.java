package dev.nacelle.python.graalpy.guest;

import dev.nacelle.python.bridge.FrameWriter;
import dev.nacelle.python.bridge.PythonCode;
import dev.nacelle.python.bridge.ToPython;
import dev.nacelle.python.bridge.Transport;
import dev.nacelle.python.graalpy.GuestOptions;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.graalvm.polyglot.Engine;

/**
 * One engine in GraalPy: a context, the platform thread that its event loop runs on, one that delivers what comes out of
 * it, and one that watches over it.
 */
final class GuestTransport implements Transport {
    private static final Logger LOG = System.getLogger(GuestTransport.class.getName());
    /** For what did not start, or whose start nobody waits for any more. */
    private static final Duration GIVE_UP = Duration.ofSeconds(2);

    private final LoopGate gate = new LoopGate();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final LoopThread loop;
    private final Watchdog watchdog;
    private final Outbox outbox;
    private volatile boolean givenUp;

    private GuestTransport(Engine engine, GuestOptions options, PythonCode code, Outbox outbox) {
        loop = new LoopThread(engine, options.sandbox(), code, gate, outbox);
        this.outbox = outbox;
        watchdog = new Watchdog(code.className(), gate, loop, outbox, this::giveUp, options.hangTimeout());
    }

    /** Returns when the event loop waits for frames. */
    static Transport open(Engine engine, GuestOptions options, PythonCode code, Receiver receiver)
            throws EngineException, InterruptedException {
        var outbox = new Outbox("graalpy-out-" + code.className(), receiver);
        var transport = new GuestTransport(engine, options, code, outbox);
        outbox.start();
        transport.loop.start();
        try {
            transport.gate.awaitOpen();
        } catch (InterruptedException e) {
            transport.abandon();
            throw e;
        }
        var failure = transport.loop.failure();
        if (failure.isPresent()) {
            transport.abandon();
            throw new EngineException(
                    new EngineError.Unknown(
                            "GraalPy did not start: " + failure.get().getMessage()),
                    failure.get());
        }
        return transport;
    }

    @Override
    public void submit(byte[] frame) {
        if (givenUp) return;
        gate.submit(frame);
        if (ToPython.GENERATE.is(frame)) watchdog.arm();
    }

    @Override
    public void close(Duration limit) throws InterruptedException {
        if (closing.compareAndSet(false, true)) {
            watchdog.stop();
            gate.submit(FrameWriter.frame(ToPython.CLOSE, 0));
        }
        // Half of it for the engine's own tasks, the other for ending by force what they left.
        var half = limit.dividedBy(2);
        if (loop.join(half)) return;
        LOG.log(Level.WARNING, "Python did not end within {0} ms; it is ended by force", half.toMillis());
        if (!loop.kill(limit.minus(half)))
            LOG.log(
                    Level.ERROR,
                    "Python did not end within {0} ms: it is in one long operation, and its thread is left behind",
                    limit.toMillis());
    }

    /** Nobody waits any longer for a Python that does not come back; should it, it is ended. */
    private void giveUp(String why) {
        givenUp = true;
        watchdog.stop();
        outbox.end(why);
        loop.doom();
    }

    private void abandon() throws InterruptedException {
        boolean interrupted = Thread.interrupted();
        close(GIVE_UP);
        if (interrupted) Thread.currentThread().interrupt();
    }
}
