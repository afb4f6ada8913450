package dev.nacelle.benchmarks.python;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * Streams completions from a server on this machine, so many at a time, and reads them as cheaply as can be: bytes up to
 * the end of each response.
 *
 * @param port of the server
 * @param body the request
 * @param tokens how many each response has
 */
public record SseLoad(int port, String body, int tokens) {
    private static final byte[] END = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    /** What the processes took for {@code each} responses on every one of {@code streams} connections. */
    public Cost run(int streams, int each, List<ProcessHandle> processes) throws Exception {
        long cpu = cpu(processes);
        long wall = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = IntStream.range(0, streams)
                    .<Callable<Boolean>>mapToObj(_ -> () -> stream(each))
                    .toList();
            for (var done : threads.invokeAll(running)) done.get();
        }
        return new Cost((long) streams * each * tokens, cpu(processes) - cpu, System.nanoTime() - wall);
    }

    private static long cpu(List<ProcessHandle> processes) {
        return processes.stream()
                .mapToLong(process ->
                        process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos())
                .sum();
    }

    private boolean stream(int responses) throws IOException {
        var content = body.getBytes(StandardCharsets.UTF_8);
        var head =
                "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + content.length + "\r\n\r\n";
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            var in = new BufferedInputStream(socket.getInputStream(), 1 << 15);
            for (int i = 0; i < responses; i++) {
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(content);
                socket.getOutputStream().flush();
                readToEnd(in);
            }
        }
        return true;
    }

    private static void readToEnd(InputStream in) throws IOException {
        var status = new StringBuilder();
        int next = 0;
        int matched = 0;
        while (matched < END.length) {
            next = in.read();
            if (next < 0) throw new IOException("the response ended early: " + status);
            if (status.length() < 300) status.append((char) next);
            matched = next == END[matched] ? matched + 1 : next == END[0] ? 1 : 0;
        }
        if (!status.toString().startsWith("HTTP/1.1 200")) throw new IOException("refused: " + status);
        // The last chunk: \n\n, its end, and the chunk of no bytes.
        var last = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        for (matched = 0; matched < last.length; ) {
            next = in.read();
            if (next < 0) throw new IOException("the response ended without its last chunk");
            matched = next == last[matched] ? matched + 1 : next == last[0] ? 1 : 0;
        }
    }
}
