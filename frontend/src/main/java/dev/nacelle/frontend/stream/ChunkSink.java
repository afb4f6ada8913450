package dev.nacelle.frontend.stream;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.HexFormat;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Writes the chunks of a chunked HTTP/1.1 response straight to its connection, past the layers that would do for each write
 * what is needed once a response. The first write and the last are the response's own: they write the head and the end.
 *
 * <p>The line end that closes a chunk is written with the next one, as Jetty does: so a chunk here is line end, size, line end,
 * data, and whoever writes the next begins with a line end, too. The connection may be encrypted; only its protocol matters.
 */
final class ChunkSink {
    /** Bytes before a chunk's data for its head: two line ends and eight digits of its size. */
    static final int ROOM = 12;

    private static final HexFormat HEX = HexFormat.of();

    private final AbstractEndPoint connection;
    /** Of a connection that is not encrypted, else null: one system call a chunk, and nothing around it. */
    private final @Nullable SocketChannel channel;

    private final long tellEveryNanos;
    private long toldNanos = System.nanoTime();
    private volatile boolean writing;

    ChunkSink(AbstractEndPoint connection) {
        this.connection = connection;
        channel = connection instanceof SocketChannelEndPoint plain ? plain.getChannel() : null;
        tellEveryNanos = MILLISECONDS.toNanos(connection.getIdleTimeout()) / 10;
    }

    /**
     * Writes a chunk as far as the connection takes it.
     *
     * @param data with {@link #ROOM} bytes of room before it, in which the chunk's head is put
     * @param nowNanos on {@link System#nanoTime}'s clock
     * @return whether all of it was taken; if not, {@link #writeRest} is to follow
     */
    boolean write(ByteBuffer data, long nowNanos) throws IOException {
        putHead(data);
        var plain = channel;
        if (plain == null) return connection.flush(data);
        if (plain.write(data) > 0) notIdle(nowNanos);
        return !data.hasRemaining();
    }

    /** Tells the connection that it is in use: not each time, which would be one more object to touch a token. */
    private void notIdle(long nowNanos) {
        if (nowNanos - toldNanos < tellEveryNanos) return;
        toldNanos = nowNanos;
        connection.notIdle();
    }

    /** As a {@link WriterThread.Job#touch job's}. */
    int touch() {
        var plain = channel;
        return (int) toldNanos + (plain != null && plain.isOpen() ? 1 : 0);
    }

    /** Writes what is left of a chunk when the connection takes more. */
    void writeRest(ByteBuffer rest, Callback callback) {
        writing = true;
        connection.write(
                Callback.from(
                        () -> {
                            writing = false;
                            callback.succeeded();
                        },
                        cause -> {
                            writing = false;
                            callback.failed(cause);
                        }),
                rest);
    }

    /**
     * Gives up a write that waits for the client: the response, which is not being written to, is not told of the connection's
     * idleness. From any thread; nothing when there is no such write.
     */
    void giveUp(TimeoutException cause) {
        if (writing) connection.getWriteFlusher().onFail(cause);
    }

    /** Line end, size and line end, from the data backwards. */
    private static void putHead(ByteBuffer data) {
        int at = data.position();
        data.put(--at, (byte) '\n').put(--at, (byte) '\r');
        int size = data.remaining();
        do {
            data.put(--at, (byte) HEX.toLowHexDigit(size));
            size >>>= 4;
        } while (size > 0);
        data.put(--at, (byte) '\n').put(--at, (byte) '\r');
        data.position(at);
    }
}
