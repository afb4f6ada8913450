package dev.nacelle.python.process;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A Unix socket in a folder that only this user may enter; both go when it is closed. */
record SocketFolder(Path folder, Path socket, ServerSocketChannel server) implements AutoCloseable {
    static SocketFolder open() throws IOException {
        var folder = Files.createTempDirectory("nacelle"); // mode 0700
        var socket = folder.resolve("s"); // short: the system takes about 100 bytes
        try {
            var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket), 1);
            return new SocketFolder(folder, socket, server);
        } catch (IOException e) {
            Files.deleteIfExists(folder);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
        Files.deleteIfExists(folder);
    }
}
