package dev.nacelle.dynamo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Streams of requests, each sending its next when the one before has ended, until closed. Over sockets of their own, which
 * fail when nothing comes for too long: a request that hangs is a failed one.
 */
final class Load implements AutoCloseable {
    private static final int SILENCE_MS = 45_000;

    private final URI api;
    private final String body;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger complete = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    Load(URI api, String body, int streams) {
        this.api = api;
        this.body = body;
        for (int i = 0; i < streams; i++)
            threads.add(Thread.ofPlatform().daemon().name("load-" + i).start(this::run));
    }

    int complete() {
        return complete.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    private void run() {
        while (!closed) {
            try {
                request();
                complete.incrementAndGet();
            } catch (IOException | RuntimeException e) {
                failures.add(e.toString());
            }
        }
    }

    private void request() throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), api.getPort())) {
            socket.setSoTimeout(SILENCE_MS);
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            socket.getOutputStream()
                    .write(("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
                                    + "content-type: application/json\r\ncontent-length: " + bytes.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(bytes);
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            var all = new ArrayList<String>();
            for (String line; (line = in.readLine()) != null; ) if (!line.isBlank()) all.add(line);
            boolean done = !all.isEmpty()
                    && all.getFirst().contains(" 200")
                    && all.contains("data: [DONE]")
                    && all.stream().noneMatch(line -> line.startsWith("event: error") || line.contains("\"error\""));
            if (!done) throw new IOException("not complete: " + all.subList(Math.max(0, all.size() - 3), all.size()));
        }
    }

    @Override
    public void close() {
        finish();
    }

    /** Sends nothing more, and lets what runs come to its end. */
    void finish() {
        closed = true;
        for (var thread : threads)
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
    }
}
