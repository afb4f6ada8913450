package dev.nacelle.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CopyOnWriteArrayList;

/** The least that can be done: one thread writes a prepared chunk to each bare socket each tick. It reads no more than it must. */
final class SocketBound {
    private static final int CHUNK_BYTES = 229;

    private SocketBound() {}

    /**
     * Serves.
     *
     * @param args steps a second
     */
    public static void main(String[] args) throws Exception {
        var listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        var streams = new CopyOnWriteArrayList<SocketChannel>();
        var chunk = chunk();
        Ticker.start(Double.parseDouble(args[0]), () -> {
            for (var stream : streams) {
                try {
                    stream.write(chunk.duplicate());
                } catch (IOException _) {
                    streams.remove(stream); // its client has seen enough
                }
            }
        });
        Thread.ofPlatform().daemon().start(() -> accept(listener, streams));
        Child.serve(((InetSocketAddress) listener.getLocalAddress()).getPort());
    }

    private static void accept(ServerSocketChannel listener, CopyOnWriteArrayList<SocketChannel> streams) {
        try {
            while (true) {
                var stream = listener.accept();
                stream.setOption(StandardSocketOptions.TCP_NODELAY, true);
                stream.read(ByteBuffer.allocate(8192)); // the whole request, as it comes in one piece here
                stream.write(ByteBuffer.wrap(
                        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII)));
                stream.configureBlocking(false);
                streams.add(stream);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer chunk() {
        var event = "data: {\"id\":\"chatcmpl-0123456789abcdef0123456789abcdef\",\"object\":\"chat.completion.chunk\","
                + "\"created\":1700000000,\"model\":\"model\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello \"},"
                + "\"finish_reason\":null}]}";
        event += " ".repeat(Math.max(0, CHUNK_BYTES - event.length() - 2)) + "\n\n";
        var bytes = "%x\r\n%s\r\n".formatted(event.length(), event).getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
