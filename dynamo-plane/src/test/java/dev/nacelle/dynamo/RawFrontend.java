package dev.nacelle.dynamo;

import dev.nacelle.runtime.host.Host;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A frontend of bare sockets, before the one worker of a host in this process: it says what a test wants it to. */
final class RawFrontend {
    private static final int TIMEOUT_MS = 20_000;

    /** What the worker calls itself in requests. */
    final String path;

    private final URI system;
    private final int port;

    private RawFrontend(URI system, int port, String path) {
        this.system = system;
        this.port = port;
        this.path = path;
    }

    /** Finds the host's worker in the folder of its deployment. */
    static RawFrontend of(Host host, Path root) throws IOException {
        return of(system(host), root);
    }

    static RawFrontend of(URI system, Path root) throws IOException {
        var instances = root.resolve("v1/instances");
        Await.until("the publication", () -> files(instances).size() == 1);
        var address = Dynamo.JSON
                .readTree(files(instances).getFirst().toFile())
                .at("/transport/tcp")
                .asText();
        int colon = address.indexOf(':');
        int slash = address.indexOf('/');
        return new RawFrontend(
                system, Integer.parseInt(address.substring(colon + 1, slash)), address.substring(slash + 1));
    }

    static URI system(Host host) {
        var line = host.served().getLast();
        return URI.create(line.substring(line.indexOf("http")));
    }

    /** What is published in a folder, without what is still being written; nothing of one that is not there. */
    static List<Path> files(Path folder) {
        try (var files = Files.list(folder)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Where the worker takes requests. */
    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }

    /** Where responses are dialled to. */
    static ServerSocket listen() throws IOException {
        var answers = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        answers.setSoTimeout(TIMEOUT_MS);
        return answers;
    }

    static byte[] frame(String path, String call, String body) {
        return frame(path, "", call, body);
    }

    static byte[] frame(String path, String headers, String call, String body) {
        var p = path.getBytes(StandardCharsets.UTF_8);
        var h = headers.getBytes(StandardCharsets.UTF_8);
        var envelope = envelope(call, body);
        return ByteBuffer.allocate(8 + p.length + h.length + envelope.length)
                .putShort((short) p.length)
                .put(p)
                .putShort((short) h.length)
                .put(h)
                .putInt(envelope.length)
                .put(envelope)
                .array();
    }

    static byte[] envelope(String header, String body) {
        var h = header.getBytes(StandardCharsets.UTF_8);
        var b = body.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(24 + h.length + b.length)
                .putLong(h.length)
                .putLong(b.length)
                .putLong(0)
                .put(h)
                .put(b)
                .array();
    }

    static String call(ServerSocket answers) {
        return call(answers.getLocalPort());
    }

    static String call(int answerPort) {
        return """
                {"id":"r1","response_type":"many_out","payload_codec":"json","connection_info":{"transport":"tcp_server",\
                "info":"{\\"address\\":\\"127.0.0.1:%d\\",\\"subject\\":\\"s\\"}"}}""".formatted(answerPort);
    }

    /** Two tokens, or what the seed says. */
    static String body(int seed) {
        return body(seed, 2);
    }

    static String body(int seed, int maxTokens) {
        return """
                {"model":"m","token_ids":[300,301],"stop_conditions":{"max_tokens":%d},"sampling_options":{"seed":%d}}""".formatted(maxTokens, seed);
    }

    static String acknowledgement(Socket socket) throws IOException {
        var in = new DataInputStream(socket.getInputStream());
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    /** Whether the worker has closed the connection, which is waited for. */
    static boolean ended(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true; // reset, as there was more to read
        }
    }

    /** Everything that comes over the connection of a response, whose end is waited for. */
    static String answer(ServerSocket answers) throws IOException {
        try (var connection = answers.accept()) {
            return answer(connection);
        }
    }

    static String answer(Socket connection) throws IOException {
        return read(connection, "\"sentinel\"");
    }

    /** What comes over the connection of a response, byte for character, until that has come or the worker has closed it. */
    static String read(Socket connection, String last) throws IOException {
        connection.setSoTimeout(TIMEOUT_MS);
        var all = new StringBuilder();
        var buffer = new byte[4096];
        while (all.indexOf(last) < 0) {
            int count = connection.getInputStream().read(buffer);
            if (count < 0) break;
            all.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
        }
        return all.toString();
    }

    /** The value of the first sample that begins so. */
    double metric(String start) {
        var sample = page("/metrics")
                .lines()
                .filter(each -> each.startsWith(start))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no sample of " + start));
        return Double.parseDouble(sample.substring(sample.lastIndexOf(' ') + 1));
    }

    /** What the system port says there. */
    String page(String where) {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(system.resolve(where)).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
