package dev.nacelle.dynamo;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** An etcd of the tests' own, as Debian packages it. */
public final class Etcd implements AutoCloseable {
    private final Process process;
    private final int port;

    private Etcd(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts one; skips the test where there is none. */
    public static Etcd start(Path folder) throws IOException {
        return start(folder, Dynamo.freePort());
    }

    public static Etcd start(Path folder, int port) throws IOException {
        var program = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(each -> Path.of(each, "etcd"))
                .filter(Files::isExecutable)
                .findFirst();
        Needs.orSkip(program.isPresent(), "etcd is not on PATH; Debian has it in the package etcd-server");
        Files.createDirectories(folder);
        var here = "http://127.0.0.1:" + port;
        var process = new ProcessBuilder(List.of(
                        program.orElseThrow().toString(),
                        "--data-dir",
                        folder.resolve("data").toString(),
                        "--listen-client-urls",
                        here,
                        "--advertise-client-urls",
                        here,
                        "--listen-peer-urls",
                        "http://127.0.0.1:0"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("etcd.log").toFile())
                .start();
        Await.until("etcd's start", () -> {
            if (!process.isAlive()) throw new AssertionError("etcd ended, see " + folder);
            try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        return new Etcd(process, port);
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public void close() {
        stop();
    }

    /** Ends it as a crash would. */
    public void stop() {
        process.destroyForcibly().onExit().join();
    }
}
