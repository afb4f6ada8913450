package dev.nacelle.python.cpython;

import dev.nacelle.python.bridge.FrameWriter;
import dev.nacelle.python.bridge.PythonCode;
import dev.nacelle.python.bridge.ToPython;
import dev.nacelle.python.bridge.Transport;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One engine's event loop in the embedded CPython. Java never takes the GIL to reach it: frames wait in a {@link
 * Mailbox} that the loop asks when its pipe wakes it. What comes back is copied while Python calls, and handed to a
 * dispatcher thread, so that Python waits for nothing that the host does.
 */
final class EmbeddedLoop implements Transport {
    private static final System.Logger LOG = System.getLogger(EmbeddedLoop.class.getName());
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    /** Batches on their way; a Python that is that far ahead waits. */
    private static final int BATCHES_MAX = 1024;

    private static final byte[] LAST = {};
    private static final MethodHandle DELIVER;
    private static final MethodHandle POLL;

    static {
        try {
            var lookup = MethodHandles.lookup();
            var type = FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS)
                    .toMethodType();
            DELIVER = lookup.findVirtual(EmbeddedLoop.class, "deliver", type);
            POLL = lookup.findVirtual(EmbeddedLoop.class, "poll", type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PythonApi api;
    private final Receiver receiver;
    private final Mailbox mailbox = Mailbox.open();
    private final BlockingQueue<byte[]> batches = new ArrayBlockingQueue<>(BATCHES_MAX);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile String reason = "Python's event loop ended";
    private final int number = NUMBERS.incrementAndGet();

    private EmbeddedLoop(PythonApi api, Receiver receiver) {
        this.api = api;
        this.receiver = receiver;
    }

    /** Starts the loop; frames may be submitted at once. */
    static EmbeddedLoop start(Interpreter interpreter, PythonCode code, EventLoop kind, Receiver receiver) {
        var loop = new EmbeddedLoop(interpreter.api(), receiver);
        Thread.ofPlatform().daemon().name("python-frames-" + loop.number).start(loop::dispatch);
        interpreter.run("python-loop-" + loop.number, () -> loop.run(code, kind));
        return loop;
    }

    @Override
    public void submit(byte[] frame) {
        mailbox.put(frame);
    }

    @Override
    public void close(Duration limit) throws InterruptedException {
        submit(FrameWriter.frame(ToPython.CLOSE, 0));
        if (!over.await(limit.toMillis(), TimeUnit.MILLISECONDS))
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Python''s event loop did not end within {0} ms: engine code holds it; it is left behind",
                    limit.toMillis());
    }

    /** On the loop's thread, with the GIL: Python's side of the engine, until it is closed. */
    private void run(PythonCode code, EventLoop kind) {
        try {
            // Names of its own: other loops begin on other threads.
            var deliver = "_nacelle_deliver_" + number;
            var poll = "_nacelle_poll_" + number;
            api.define(deliver, DELIVER.bindTo(this), true);
            api.define(poll, POLL.bindTo(this), false);
            // Everything is caught: a SystemExit that came through here would end the process.
            boolean ran = api.run("""
                    def _nacelle_run(deliver, poll):
                        try:
                            from nacelle._bridge import embedded
                            embedded.run(deliver, poll, %d, '%s', %s)
                        except BaseException as error:
                            import sys, traceback
                            print(traceback.format_exc(), file=sys.__stderr__)
                            raise RuntimeError('the event loop failed') from error
                    _nacelle_run(globals().pop('%s'), globals().pop('%s'))
                    """.formatted(
                            mailbox.readEnd(),
                            kind.word(),
                            Literal.of(code.path().stream().map(Path::toString).toList()),
                            deliver,
                            poll));
            if (!ran) reason = "Python's event loop failed; what it printed says why";
        } finally {
            mailbox.close();
            over.countDown();
            put(LAST);
        }
    }

    /** Python calls with the GIL: {@code deliver(bytes)}. */
    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // called by handle, in the shape that C has
    private MemorySegment deliver(MemorySegment self, MemorySegment frames) {
        try {
            put(api.bytes(frames));
        } catch (Throwable e) { // one that left would end the VM
            LOG.log(System.Logger.Level.ERROR, "frames from Python were lost", e);
        }
        return api.none();
    }

    /** Python calls with the GIL: {@code poll() -> bytes}. */
    @SuppressWarnings({"UnusedMethod", "UnusedVariable"})
    private MemorySegment poll(MemorySegment self, MemorySegment nothing) {
        try {
            var waiting = mailbox.takeAll();
            return api.bytes(waiting, waiting.length);
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "frames for Python were lost", e);
            return api.bytes(LAST, 0);
        }
    }

    private void put(byte[] batch) {
        boolean interrupted = false;
        while (true) {
            try {
                batches.put(batch);
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private void dispatch() {
        while (true) {
            try {
                var batch = batches.take();
                if (batch.length == 0) break;
                receiver.frames(batch, batch.length);
            } catch (InterruptedException _) {
                // Nobody means it: the thread ends with its loop.
            } catch (RuntimeException | Error e) { // one batch's trouble; the streams of others go on
                LOG.log(System.Logger.Level.ERROR, "frames from Python could not be taken", e);
            }
        }
        receiver.ended(reason);
    }
}
