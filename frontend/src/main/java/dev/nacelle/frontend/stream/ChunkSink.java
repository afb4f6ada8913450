package dev.nacelle.frontend.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Callback;

/**
 * Writes a chunked HTTP/1.1 response straight to its connection, past the layers that would do for each write what is needed
 * once a response. The first write and the last are the response's own: they write the head and the end.
 *
 * <p>The line end that closes a chunk is written with the next one, as Jetty does: so a chunk here is line end, size, line end,
 * data, and whoever writes the next begins with a line end, too. The connection may be encrypted; only its protocol matters.
 */
final class ChunkSink implements Content.Sink {
    private static final HexFormat HEX = HexFormat.of();
    private static final int HEAD_BYTES = 12;
    private static final int FIRST_BYTES = 1024;
    private static final byte[] LINE_END = "\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Content.Sink response;
    private final AbstractEndPoint connection;
    private ByteBuffer frame = ByteBuffer.allocate(FIRST_BYTES);
    private boolean begun;
    private volatile boolean writing;

    ChunkSink(Content.Sink response, AbstractEndPoint connection) {
        this.response = response;
        this.connection = connection;
    }

    @Override
    public void write(boolean last, ByteBuffer bytes, Callback callback) {
        if (!begun || last) {
            begun = true;
            response.write(last, bytes, callback);
            return;
        }
        frame(bytes);
        try {
            if (connection.flush(frame)) {
                callback.succeeded();
                return;
            }
        } catch (IOException e) {
            callback.failed(e);
            return;
        }
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
                frame);
    }

    /**
     * Gives up a write that waits for the client: the response, which is not being written to, is not told of the connection's
     * idleness. From any thread; nothing when there is no such write.
     */
    void giveUp(TimeoutException cause) {
        if (writing) connection.getWriteFlusher().onFail(cause);
    }

    private void frame(ByteBuffer bytes) {
        int length = bytes.remaining();
        if (frame.capacity() < length + HEAD_BYTES)
            frame = ByteBuffer.allocate(Math.max(length + HEAD_BYTES, 2 * frame.capacity()));
        frame.clear();
        frame.put(LINE_END);
        int digits = Math.max(1, (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 3) / 4);
        for (int i = digits - 1; i >= 0; i--) frame.put((byte) HEX.toLowHexDigit(length >>> (4 * i)));
        frame.put(LINE_END).put(bytes).flip();
    }
}
