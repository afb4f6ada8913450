package dev.nacelle.dynamo.net;

import dev.nacelle.dynamo.wire.FrameReader;
import dev.nacelle.dynamo.wire.MalformedFrameException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One connection of a frontend: requests come in, and for each, in their order, an acknowledgement goes out
 * ({@code u32 n | text}, n = 0 for a request that is taken). On the server's thread.
 */
final class RequestConnection {
    /** Reads of one turn, so that a flood over one connection does not starve the others. */
    private static final int ROUNDS = 16;

    private static final int ACKS_BYTES_MAX = 64 << 10;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final FrameReader reader;
    private final FrameHandler handler;
    private final BufferedBytes buffered;
    private int capacity;
    private byte[] acks = new byte[64];
    private int ackBytes;
    private boolean wasWithinFrame;
    private long since;

    RequestConnection(
            SocketChannel channel, SelectionKey key, FrameReader reader, FrameHandler handler, BufferedBytes buffered) {
        this.channel = channel;
        this.key = key;
        this.reader = reader;
        this.handler = handler;
        this.buffered = buffered;
    }

    /**
     * Reads and answers what is there.
     *
     * @return false when the frontend has closed the connection
     */
    boolean read() throws IOException, MalformedFrameException {
        for (int i = 0; i < ROUNDS; i++) {
            var room = reader.room();
            int count = channel.read(room);
            if (count < 0) return false;
            if (count == 0) break;
            reader.filled();
            noteCapacity();
            buffered.check();
            for (var frame = reader.next(); frame.isPresent(); frame = reader.next())
                acknowledge(handler.handle(frame.get()));
        }
        noteCapacity();
        noteProgress();
        return true;
    }

    /** Writes what acknowledgements there are, as far as the frontend reads them. */
    void write() throws IOException {
        var waiting = ByteBuffer.wrap(acks, 0, ackBytes);
        channel.write(waiting);
        System.arraycopy(acks, waiting.position(), acks, 0, waiting.remaining());
        ackBytes = waiting.remaining();
        key.interestOps(ackBytes == 0 ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }

    /** Whether a frame has been coming in for longer than that. */
    boolean isOverdue(long nanos) {
        return wasWithinFrame && System.nanoTime() - since > nanos;
    }

    void close() throws IOException {
        buffered.add(-capacity);
        capacity = 0;
        channel.close();
    }

    @Override
    public String toString() {
        return String.valueOf(channel.socket().getRemoteSocketAddress());
    }

    private void acknowledge(String refusal) throws IOException {
        var text = refusal.getBytes(StandardCharsets.UTF_8);
        if (ackBytes + 4 + text.length > ACKS_BYTES_MAX)
            throw new LimitException("the frontend does not read its acknowledgements");
        if (ackBytes + 4 + text.length > acks.length)
            acks = Arrays.copyOf(acks, Math.max(2 * acks.length, ackBytes + 4 + text.length));
        ByteBuffer.wrap(acks).putInt(ackBytes, text.length).put(ackBytes + 4, text);
        ackBytes += 4 + text.length;
        write();
    }

    private void noteCapacity() {
        buffered.add(reader.capacity() - capacity);
        capacity = reader.capacity();
    }

    private void noteProgress() {
        boolean within = reader.isWithinFrame();
        if (within && !wasWithinFrame) since = System.nanoTime();
        wasWithinFrame = within;
    }
}
