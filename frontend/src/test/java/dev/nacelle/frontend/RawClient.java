package dev.nacelle.frontend;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that speaks HTTP/1.1 by the letter, and misbehaves when it is told to. */
final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final StringBuilder received = new StringBuilder();

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(15_000);
        socket.setTcpNoDelay(true);
    }

    RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    RawClient post(String path, String json) throws IOException {
        return send(head(path, json.getBytes(StandardCharsets.UTF_8).length) + json);
    }

    static String head(String path, long length) {
        return """
                POST %s HTTP/1.1\r
                Host: localhost\r
                Content-Type: application/json\r
                Content-Length: %d\r
                \r
                """.formatted(path, length);
    }

    /** Everything received so far, once it contains {@code part}. */
    String until(String part) throws IOException {
        while (received.indexOf(part) < 0) if (!more()) throw new IOException("closed after: " + received);
        return received.toString();
    }

    /** Everything until the server closes. */
    String untilClosed() throws IOException {
        boolean open = true;
        while (open) open = more();
        return received.toString();
    }

    /** Forgets what was received. */
    RawClient forget() {
        received.setLength(0);
        return this;
    }

    private boolean more() throws IOException {
        var buffer = new byte[64 << 10];
        int count = socket.getInputStream().read(buffer);
        if (count < 0) return false;
        received.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
        return true;
    }

    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Leaves with a reset instead of an orderly end. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    void smallReceiveBuffer() throws IOException {
        socket.setReceiveBufferSize(4096);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
