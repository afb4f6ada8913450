package dev.nacelle.dynamo.net;

import dev.nacelle.dynamo.wire.CallInfo;
import dev.nacelle.dynamo.wire.FrameBuffer;
import dev.nacelle.dynamo.wire.ResponseWriter;
import dev.nacelle.dynamo.wire.Stream;
import dev.nacelle.runtime.metrics.RequestErrorType;
import dev.nacelle.runtime.metrics.RequestMetrics;
import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.runtime.plane.ResponseQueue;
import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.runtime.plane.Terminal;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One response on its way to its frontend, over a connection of its own: dialled when the request was taken, closed by the
 * frontend when it has seen the end. All but {@link #receiver}, {@link #start} and {@link #answer} belongs to the loop's
 * thread.
 */
public final class Response {
    private static final Logger LOG = LoggerFactory.getLogger(Response.class);

    private enum State {
        PREPARED,
        DIALLING,
        STREAMING,
        /** Everything is rendered; some may wait to be written. */
        ENDED,
        CLOSED
    }

    private final ResponseLoop loop;
    private final CallInfo call;
    private final ResponseWriter writer;
    private final RequestMetrics metrics;
    private final Runnable ended;
    private final ResponseQueue queue;
    private final AtomicBoolean queued = new AtomicBoolean();

    @Nullable
    Response older; // the loop's stack

    private volatile @Nullable InFlight inFlight;
    private State state = State.PREPARED;
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private @Nullable ByteBuffer unsent;
    private @Nullable ControlReader control;
    private boolean leaving; // the frontend has said that it wants no more
    private long since; // when the state, or the waiting for the frontend, began

    Response(
            ResponseLoop loop,
            CallInfo call,
            ResponseWriter writer,
            RequestMetrics metrics,
            Runnable ended,
            int queueSlots) {
        this.loop = loop;
        this.call = call;
        this.writer = writer;
        this.metrics = metrics;
        this.ended = ended;
        this.queue = new ResponseQueue(queueSlots, this::wake);
    }

    /** Where the engine's items go. */
    public ResponseReceiver receiver() {
        return queue;
    }

    /** The request was taken: dials the frontend and streams to it. */
    public void start(InFlight taken) {
        inFlight = taken;
        wake();
    }

    /** Answers a request that no engine will see. */
    public void answer(EngineError error) {
        queue.failed(error);
        start(_ -> {});
    }

    String id() {
        return call.id();
    }

    void unqueued() {
        queued.set(false);
    }

    private void wake() {
        if (!queued.get() && queued.compareAndSet(false, true)) loop.push(this);
    }

    /** Goes on with what can be done without waiting. */
    void work() {
        if (state == State.PREPARED && inFlight != null) dial();
        else if (state == State.STREAMING && unsent == null) stream();
    }

    void selected(SelectionKey ready) {
        if (ready.isValid() && ready.isConnectable()) connected();
        if (ready.isValid() && ready.isWritable()) writable();
        if (ready.isValid() && ready.isReadable()) readable();
    }

    /** Looks whether something takes too long. */
    void tick(long now) {
        var limits = loop.limits();
        long waited = now - since;
        switch (state) {
            case DIALLING -> {
                if (waited > limits.dialTime().toNanos()) broken("the frontend did not take the connection in time");
            }
            case STREAMING, ENDED -> {
                if (unsent != null && waited > limits.stallTime().toNanos())
                    broken("the frontend does not read the response");
                else if (state == State.ENDED
                        && unsent == null
                        && waited > limits.lingerTime().toNanos()) close();
            }
            case PREPARED, CLOSED -> {}
        }
    }

    /** Goes on with the loop's selector of now. */
    void move() {
        if (channel == null) return;
        try {
            key = channel.register(loop.selector(), wanted(), this);
        } catch (IOException e) {
            broken(e.toString());
        }
    }

    /** Gives the response up, whatever state it is in. */
    void abandon() {
        cancel();
        close();
    }

    private void dial() {
        enter(State.DIALLING);
        loop.opened(this);
        try {
            var socket = SocketChannel.open();
            channel = socket;
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            key = socket.register(loop.selector(), SelectionKey.OP_CONNECT, this);
            if (socket.connect(call.address())) begin();
        } catch (IOException e) {
            broken(e.toString());
        }
    }

    private void connected() {
        try {
            if (channel != null && channel.finishConnect()) begin();
        } catch (IOException e) {
            broken(e.toString());
        }
    }

    private void begin() {
        enter(State.STREAMING);
        var out = loop.buffer();
        Stream.begin(call.subject(), out);
        fill(out);
        send(out);
    }

    /** Renders and writes what is ready. */
    private void stream() {
        var out = loop.buffer();
        fill(out);
        if (out.size() > 0) send(out);
    }

    private void fill(FrameBuffer out) {
        try {
            queue.drainTo(new ResponseQueue.Reader() {
                @Override
                public boolean token(int id) {
                    writer.token(id, out);
                    return out.size() < ResponseLoop.bufferBytes();
                }

                @Override
                public boolean chunk(Chunk chunk) {
                    writer.chunk(chunk, out);
                    return out.size() < ResponseLoop.bufferBytes();
                }
            });
            writer.flush(out);
        } catch (IllegalArgumentException e) {
            LOG.error("request {}: the engine gave what cannot be sent", call.id(), e);
            metrics.error(RequestErrorType.SERIALIZATION);
            tell(CancelCause.SATISFIED); // no client has given anything up
            enter(State.ENDED);
            writer.failed(
                    new EngineError.Unknown("the engine gave what cannot be sent; the worker's log says what"), out);
            return;
        }
        var end = queue.terminal();
        if (end.isEmpty()) {
            // Full, not empty: the next turn goes on.
            if (out.size() >= ResponseLoop.bufferBytes()) wake();
            return;
        }
        enter(State.ENDED);
        switch (end.get()) {
            case Terminal.Finished(var reason, var usage) -> writer.finished(reason, usage, out);
            case Terminal.Failed(var error) -> writer.failed(error, out);
        }
    }

    private void send(FrameBuffer out) {
        var bytes = out.view();
        try {
            write(bytes);
            if (bytes.hasRemaining()) {
                var rest = ByteBuffer.allocate(bytes.remaining());
                unsent = rest.put(bytes).flip();
                since = System.nanoTime();
            }
            interest();
        } catch (IOException e) {
            broken(e.toString());
        }
    }

    private void writable() {
        var rest = unsent;
        if (rest == null) return;
        try {
            if (write(rest) > 0) since = System.nanoTime();
            if (rest.hasRemaining()) return;
            unsent = null;
            interest();
        } catch (IOException e) {
            broken(e.toString());
            return;
        }
        if (state == State.STREAMING) stream();
    }

    private int write(ByteBuffer bytes) throws IOException {
        if (channel == null) throw new IOException("not connected");
        int count = channel.write(bytes);
        metrics.responseBytes(count);
        return count;
    }

    private void interest() {
        int wanted = wanted();
        if (key != null && key.isValid() && key.interestOps() != wanted) key.interestOps(wanted);
    }

    private int wanted() {
        if (state == State.DIALLING) return SelectionKey.OP_CONNECT;
        return unsent == null ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
    }

    private void readable() {
        if (control == null) control = new ControlReader();
        if (channel == null) return;
        try {
            switch (control.read(channel)) {
                case NOTHING -> {}
                case STOP -> {
                    // The frontend has what it needs and reads the end.
                    leaving = true;
                    tell(CancelCause.SATISFIED);
                }
                case KILL -> {
                    leaving = true;
                    tell(CancelCause.CLIENT_GONE);
                }
                case END -> {
                    if (state != State.ENDED || unsent != null) broken("the frontend closed the connection");
                    else close();
                }
            }
        } catch (IOException e) {
            if (state == State.ENDED && unsent == null) close();
            else broken(e.toString());
        }
    }

    private void broken(String why) {
        if (state == State.CLOSED) return;
        if (!leaving) {
            LOG.debug("request {}: {}", call.id(), why);
            metrics.error(
                    switch (state) {
                        case PREPARED, DIALLING -> RequestErrorType.RESPONSE_STREAM;
                        case STREAMING -> RequestErrorType.PUBLISH_RESPONSE;
                        case ENDED, CLOSED -> RequestErrorType.PUBLISH_FINAL;
                    });
        }
        abandon();
    }

    private void cancel() {
        tell(CancelCause.CLIENT_GONE);
    }

    private void tell(CancelCause cause) {
        var taken = inFlight;
        if (taken != null) taken.cancel(cause);
    }

    private void close() {
        if (state == State.CLOSED) return;
        state = State.CLOSED;
        unsent = null;
        queue.close();
        loop.ended(this);
        ended.run();
        if (channel == null) return;
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("request {}: the connection did not close", call.id(), e);
        }
    }

    private void enter(State next) {
        state = next;
        since = System.nanoTime();
    }
}
