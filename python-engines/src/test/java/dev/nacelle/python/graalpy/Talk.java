package dev.nacelle.python.graalpy;

import dev.nacelle.python.bridge.FrameWriter;
import dev.nacelle.python.bridge.PythonCode;
import dev.nacelle.python.bridge.ToPython;
import dev.nacelle.python.bridge.Transport;
import dev.nacelle.spi.error.EngineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** A conversation in frames with the engine of {@code src/test/python/graalpy_probe.py}, its engine made and started. */
final class Talk implements AutoCloseable, Transport.Receiver {
    /** Codes of {@code FromPython}. */
    static final int TOKENS = 33, CHUNK = 34, END = 35, DONE = 36, ERROR = 37, RESULT = 38, LOG = 41, HEALTH = 43;

    static final Path PROBE = Path.of("src", "test", "python").toAbsolutePath();
    /** Only a defect reaches it: a busy machine takes a minute to start a Python. */
    private static final long PATIENCE_S = 180;

    /**
     * A frame from Python.
     *
     * @param text the payload as text
     * @param tokens the payload as tokens
     */
    record Frame(int kind, long id, String text, List<Integer> tokens) {}

    private final List<Frame> frames = new ArrayList<>();
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final AtomicLong ids = new AtomicLong();
    private final Transport transport;

    private Talk(GuestOptions options, List<Path> path) throws EngineException, IOException, InterruptedException {
        var code = new PythonCode("graalpy_probe:Probe", path, List.of());
        transport = Jars.shared().factory(options).open(code, this);
    }

    static Talk open(Sandbox sandbox, Duration hangTimeout) throws Exception {
        return open(sandbox, hangTimeout, List.of(PROBE));
    }

    static Talk open(Sandbox sandbox, Duration hangTimeout, List<Path> path) throws Exception {
        var talk = new Talk(new GuestOptions(sandbox, Jit.AUTO, hangTimeout), path);
        talk.call("{\"method\": \"create\", \"cls\": \"graalpy_probe:Probe\", \"path\": [], \"args\": {}}");
        talk.call("{\"method\": \"start\", \"worker_id\": 1}");
        return talk;
    }

    /** Calls the engine and waits for the answer. */
    Frame call(String json) {
        long id = ids.incrementAndGet();
        transport.submit(FrameWriter.frame(ToPython.CALL, id, json.getBytes(StandardCharsets.UTF_8)));
        return await(frame -> frame.id() == id && (frame.kind() == RESULT || frame.kind() == ERROR));
    }

    /** Begins a stream: {@code what} is the method, {@code more} further members of the request. */
    long begin(String what, String more) {
        long id = ids.incrementAndGet();
        var json = "{\"id\": \"r%d\", \"request\": {\"do\": \"%s\"%s}}"
                .formatted(id, what, more.isEmpty() ? "" : ", " + more)
                .getBytes(StandardCharsets.UTF_8);
        var payload = ByteBuffer.allocate(Integer.BYTES + json.length).order(ByteOrder.LITTLE_ENDIAN);
        transport.submit(FrameWriter.frame(
                ToPython.GENERATE, id, payload.putInt(0).put(json).array()));
        return id;
    }

    void cancel(long stream) {
        transport.submit(FrameWriter.frame(ToPython.CANCEL, stream));
    }

    /** Waits for the end of a stream and returns its frames. */
    List<Frame> all(long stream) {
        await(frame -> frame.id() == stream && frame.kind() == DONE);
        synchronized (frames) {
            return frames.stream().filter(frame -> frame.id() == stream).toList();
        }
    }

    List<Frame> run(String what, String more) {
        return all(begin(what, more));
    }

    /** Has Python code run in the engine and returns what came of it. */
    String attempt(String code) {
        var frames = run("attempt", "\"code\": " + quoted(code));
        return frames.stream()
                .filter(frame -> frame.kind() == CHUNK)
                .map(Frame::text)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no answer in " + frames));
    }

    /** Waits for a frame, which may have come already. */
    Frame await(Predicate<Frame> wanted) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        synchronized (frames) {
            while (true) {
                var found = frames.stream().filter(wanted).findFirst();
                if (found.isPresent()) return found.get();
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0 || ended.isDone())
                    throw new AssertionError(
                            "it did not come; there was %s, the end: %s".formatted(frames, ended.getNow("none")));
                try {
                    frames.wait(left);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** Forgets what has come. */
    void forget() {
        synchronized (frames) {
            frames.clear();
        }
    }

    String ended() throws Exception {
        return ended.get(PATIENCE_S, TimeUnit.SECONDS);
    }

    void close(Duration limit) throws InterruptedException {
        transport.close(limit);
    }

    @Override
    public void close() {
        try {
            close(Duration.ofSeconds(20));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void frames(byte[] batch, int length) {
        var bytes = ByteBuffer.wrap(batch, 0, length).order(ByteOrder.LITTLE_ENDIAN);
        synchronized (frames) {
            while (bytes.hasRemaining()) {
                var payload = new byte[bytes.getInt() - Long.BYTES - 1];
                int kind = bytes.get();
                long id = bytes.getLong();
                bytes.get(payload);
                frames.add(new Frame(kind, id, new String(payload, StandardCharsets.UTF_8), tokens(kind, payload)));
            }
            frames.notifyAll();
        }
    }

    @Override
    public void ended(String reason) {
        ended.complete(reason);
        synchronized (frames) {
            frames.notifyAll();
        }
    }

    private static List<Integer> tokens(int kind, byte[] payload) {
        if (kind != TOKENS) return List.of();
        var tokens = new ArrayList<Integer>();
        var bytes = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) tokens.add(bytes.getInt());
        return tokens;
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
