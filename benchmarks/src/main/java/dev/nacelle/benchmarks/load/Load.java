package dev.nacelle.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One thread that keeps many requests going and times what comes back. Closed loop: each connection asks again when its answer
 * is complete. Open loop: requests come when they come, as from people, and are timed from when they should have been sent: a
 * server that is slow does not make its own load lighter.
 */
final class Load implements AutoCloseable {
    static final String CLIENT = "client";

    private static final int BUFFER = 256 << 10;
    private static final int SEED = 7;

    /** Requests a second at random times, or one after the other on each of some connections. */
    sealed interface Arrivals {
        record Closed(int connections) implements Arrivals {}

        record Open(double perSecond) implements Arrivals {}
    }

    private final int port;
    private final ByteBuffer request;
    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
    private final List<Connection> all = new ArrayList<>();
    private final Deque<Connection> free = new ArrayDeque<>();
    private final Random random = new Random(SEED);
    private final boolean closedLoop;
    private final double meanGapNanos;
    private long nextNanos;
    private Measured measured = new Measured();

    Load(int port, String path, String body, Arrivals arrivals) throws IOException {
        this.port = port;
        var head = "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                .formatted(path, body.length());
        request = ByteBuffer.wrap((head + body).getBytes(StandardCharsets.US_ASCII));
        switch (arrivals) {
            case Arrivals.Closed(var connections) -> {
                closedLoop = true;
                meanGapNanos = 0;
                for (int i = 0; i < connections; i++) new Connection().send(System.nanoTime());
            }
            case Arrivals.Open(var perSecond) -> {
                closedLoop = false;
                meanGapNanos = 1e9 / perSecond;
                nextNanos = System.nanoTime();
            }
        }
    }

    /** Keeps the load up for that long, and says what it showed; the processes' CPU time is that of the window. */
    Measured run(Duration window, Map<String, Long> pids) throws IOException {
        measured = new Measured();
        var before = cpu(pids);
        long start = System.nanoTime();
        long end = start + window.toNanos();
        for (long now = start; now < end; now = System.nanoTime()) {
            arrive(now);
            long wait = Math.min(end, closedLoop ? end : nextNanos) - now;
            selector.select(this::ready, Math.max(1, wait / 1_000_000));
        }
        measured.seconds = (System.nanoTime() - start) / 1e9;
        cpu(pids).forEach((name, nanos) -> measured.cpuNanos.put(name, nanos - before.getOrDefault(name, 0L)));
        return measured;
    }

    private void arrive(long now) throws IOException {
        while (!closedLoop && nextNanos <= now) {
            var connection = free.poll();
            (connection == null ? new Connection() : connection).send(nextNanos);
            nextNanos += (long) (-Math.log(1 - random.nextDouble()) * meanGapNanos);
        }
    }

    private void ready(SelectionKey key) {
        if (key.attachment() instanceof Connection connection) connection.read();
    }

    private static Map<String, Long> cpu(Map<String, Long> pids) {
        var times = new LinkedHashMap<String, Long>();
        pids.forEach((name, pid) -> times.put(
                name,
                ProcessHandle.of(pid)
                        .flatMap(process -> process.info().totalCpuDuration())
                        .map(Duration::toNanos)
                        .orElse(0L)));
        return times;
    }

    @Override
    public void close() throws IOException {
        for (var connection : all) connection.channel.close();
        selector.close();
    }

    /** One connection, and the request on it. */
    private final class Connection {
        private final SocketChannel channel;
        private final EventScanner scanner = new EventScanner();
        private long sentNanos;
        private long lastNanos;

        Connection() throws IOException {
            channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.socket().setTcpNoDelay(true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
            all.add(this);
        }

        /** @param atNanos when it should have been sent */
        void send(long atNanos) throws IOException {
            scanner.restart();
            sentNanos = atNanos;
            lastNanos = 0;
            var bytes = request.duplicate();
            while (bytes.hasRemaining()) channel.write(bytes);
        }

        void read() {
            try {
                in.clear();
                if (channel.read(in) < 0) {
                    measured.failures++;
                    channel.close();
                    return;
                }
                long now = System.nanoTime();
                in.flip();
                scanner.forget();
                scanner.scan(in);
                events(scanner.events, now);
                if (scanner.ended) ended(now);
            } catch (IOException e) {
                throw new UncheckedIOException("the server closed a connection under load", e);
            }
        }

        /** Events that come together: the first ends the wait since the one before, the others have none. */
        private void events(int count, long now) {
            for (int i = 0; i < count; i++) {
                if (lastNanos == 0) Measured.record(measured.firstToken, now - sentNanos);
                else Measured.record(measured.betweenTokens, now - lastNanos);
                lastNanos = now;
            }
            measured.tokens += count;
        }

        private void ended(long now) throws IOException {
            if (scanner.status() == 200) measured.requests++;
            else measured.failures++;
            Measured.record(measured.whole, now - sentNanos);
            if (closedLoop) send(now);
            else free.add(this);
        }
    }
}
