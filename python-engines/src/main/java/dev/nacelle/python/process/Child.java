package dev.nacelle.python.process;

import dev.nacelle.python.bridge.FrameStream;
import dev.nacelle.python.bridge.FrameWriter;
import dev.nacelle.python.bridge.PythonLog;
import dev.nacelle.python.bridge.ToPython;
import dev.nacelle.python.bridge.Transport;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One Python process and its socket. Three threads: the supervisor starts the process, reads its frames and sees it end; a
 * writer; and a reader of what the process prints past the bridge, such as a crash report.
 *
 * <p>The supervisor lives as long as the process, as Linux ties the process to it: a child that asks to die with its
 * parent dies with the thread that started it.
 */
final class Child implements Transport {
    private static final System.Logger LOG = System.getLogger(Child.class.getName());
    private static final ProcessBuilder.Redirect NOTHING = ProcessBuilder.Redirect.from(new File("/dev/null"));
    private static final Duration LINGER = Duration.ofSeconds(5);
    private static final int GATHERED_MAX = 256;
    /** Python's INFO. */
    private static final int INFO = 20;
    /** An exit code beyond it is a signal's number, added to it. */
    private static final int SIGNALLED = 128;

    private final Receiver receiver;
    private final Function<SocketFolder, List<String>> command;
    /** Each request puts a frame or two here; how many requests there are is bounded where they come in. */
    private final BlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>();

    private final CompletableFuture<Boolean> connected = new CompletableFuture<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final PythonLog log = new PythonLog();
    private volatile @Nullable Process process;
    private volatile String lastLine = "";

    private Child(Function<SocketFolder, List<String>> command, Receiver receiver) {
        this.command = command;
        this.receiver = receiver;
    }

    /** Returns when the process has connected. */
    static Child start(Function<SocketFolder, List<String>> command, Receiver receiver)
            throws IOException, EngineException, InterruptedException {
        var child = new Child(command, receiver);
        Thread.ofPlatform().daemon().name("python-process").start(child::supervise);
        try {
            child.connected.get();
            return child;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failed) throw failed;
            throw new EngineException(new EngineError.EngineShutdown(String.valueOf(e.getCause())), e.getCause());
        } catch (InterruptedException e) {
            child.kill();
            throw e;
        }
    }

    @Override
    public void submit(byte[] frame) {
        if (over.getCount() > 0) outgoing.add(frame);
    }

    @Override
    public void close(Duration limit) throws InterruptedException {
        var started = process;
        // Found while the process lives: what it leaves behind could not be told from others later.
        var descendants = started == null
                ? List.<ProcessHandle>of()
                : started.descendants().toList();
        submit(FrameWriter.frame(ToPython.CLOSE, 0));
        if (!over.await(limit.toMillis(), TimeUnit.MILLISECONDS)) kill();
        over.await();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }

    private void supervise() {
        try (var folder = SocketFolder.open()) {
            var started = new ProcessBuilder(command.apply(folder))
                    .redirectErrorStream(true)
                    .redirectInput(NOTHING)
                    .start();
            process = started;
            Thread.ofPlatform().daemon().name("python-output").start(() -> readOutput(started));
            // One that ends before it connects ends the wait.
            var _ = started.onExit().thenRun(() -> stopWaiting(folder));
            try (var socket = folder.server().accept()) {
                Thread.ofPlatform().daemon().name("python-writer").start(() -> write(socket));
                connected.complete(true);
                new FrameStream().readAll(socket, receiver);
            }
        } catch (IOException e) {
            if (process == null) connected.completeExceptionally(e);
            else LOG.log(System.Logger.Level.DEBUG, "the socket of a Python process", e); // its end is told below
        } catch (RuntimeException | Error e) {
            connected.completeExceptionally(e);
            throw e;
        } finally {
            ended();
        }
    }

    private void stopWaiting(SocketFolder folder) {
        if (connected.isDone()) return;
        try {
            folder.server().close();
        } catch (IOException e) {
            connected.completeExceptionally(e);
        }
    }

    private void write(SocketChannel socket) {
        try {
            var gathered = new ArrayList<byte[]>();
            while (over.getCount() > 0) {
                gathered.add(outgoing.take());
                outgoing.drainTo(gathered, GATHERED_MAX);
                var buffers = gathered.stream().map(ByteBuffer::wrap).toArray(ByteBuffer[]::new);
                while (buffers[buffers.length - 1].hasRemaining()) socket.write(buffers);
                gathered.clear();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the socket of a Python process", e); // the supervisor sees its end, too
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is printed past the bridge: by native code, by a crash, by children of the engine's own. */
    private void readOutput(Process started) {
        try (var lines = started.inputReader()) {
            for (String line; (line = lines.readLine()) != null; ) {
                if (line.isBlank()) continue;
                lastLine = line;
                log.log(INFO, "output", line);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the output of a Python process", e);
        }
    }

    private void ended() {
        var reason = "the Python process did not start";
        var started = process;
        if (started != null) {
            try {
                // The socket is gone: what lives on for long without it hangs.
                if (!started.waitFor(LINGER.toMillis(), TimeUnit.MILLISECONDS)) started.destroyForcibly();
                reason = reason(started.waitFor());
            } catch (InterruptedException _) {
                started.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        over.countDown();
        outgoing.add(new byte[0]); // wakes the writer
        connected.completeExceptionally(new IOException(reason));
        receiver.ended(reason);
    }

    private String reason(int code) {
        var how = code > SIGNALLED
                ? "was ended by signal %d".formatted(code - SIGNALLED)
                : "ended with exit code %d".formatted(code);
        var last = lastLine;
        return "the Python process " + how + (last.isEmpty() || code == 0 ? "" : "; the last that it printed: " + last);
    }

    private void kill() {
        var started = process;
        if (started != null) started.destroyForcibly();
    }
}
