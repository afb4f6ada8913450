package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.chatBody;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A token's whole way, from an engine's call to the bytes on the wire, leaves nothing to be collected. */
@Timeout(120)
class GarbageTest {
    private static final int TOKENS = 20_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Bytes that the two threads on a token's way have allocated since they began. */
    private record Allocated(long engine, long writer) {
        static Allocated now(long writer) {
            return new Allocated(THREADS.getCurrentThreadAllocatedBytes(), THREADS.getThreadAllocatedBytes(writer));
        }
    }

    @Test
    void aStreamedTokenAllocatesNothing() throws Exception {
        try (var fixture = new FrontendFixture();
                var socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port())) {
            var engine = fixture.engine(EngineConfig.of("model", Registration.ofContext(1_000_000)));
            fixture.whenReady();
            var body = chatBody("hello", ",\"stream\":true");
            socket.getOutputStream()
                    .write((RawClient.head("/v1/chat/completions", body.length()) + body)
                            .getBytes(StandardCharsets.UTF_8));
            var read = CompletableFuture.supplyAsync(() -> readToTheEnd(socket));
            var call = engine.take();
            long writer = writer();
            long engines = Long.MAX_VALUE;
            long writers = Long.MAX_VALUE;
            // The least of some rounds: compilers and the clock's metrics allocate now and then.
            for (int round = 0; round < 10; round++) {
                var before = Allocated.now(writer);
                for (int i = 0; i < TOKENS; i++) {
                    call.receiver().awaitWritable();
                    call.receiver().token('a' + i % 26);
                }
                var after = Allocated.now(writer);
                engines = Math.min(engines, after.engine() - before.engine());
                writers = Math.min(writers, after.writer() - before.writer());
            }
            assertThat(THREADS.getThreadAllocatedBytes(writer))
                    .as("of a writer that lives")
                    .isPositive();
            call.finish(FinishReason.LENGTH, new Usage(1, 10 * TOKENS));
            assertThat(read.get()).isGreaterThan(10L * TOKENS * "data: {}".length());
            assertThat(engines)
                    .as("bytes of the engine's thread for %d tokens", TOKENS)
                    .isLessThan(TOKENS);
            assertThat(writers)
                    .as("bytes of the writer's thread for %d tokens", TOKENS)
                    .isLessThan(TOKENS);
        }
    }

    private static long writer() {
        return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().equals("frontend-writer-0"))
                .findFirst()
                .orElseThrow()
                .getThreadId();
    }

    /** @return bytes up to the stream's end */
    private static long readToTheEnd(Socket socket) {
        var buffer = new byte[64 << 10];
        var end = "";
        long all = 0;
        try {
            while (!end.contains("[DONE]")) {
                int count = socket.getInputStream().read(buffer);
                if (count < 0) throw new IllegalStateException("closed after %d bytes".formatted(all));
                all += count;
                end = end.substring(Math.max(0, end.length() - 9))
                        + new String(buffer, Math.max(0, count - 99), Math.min(count, 99), StandardCharsets.ISO_8859_1);
            }
            return all;
        } catch (IOException e) {
            throw new IllegalStateException("after %d bytes".formatted(all), e);
        }
    }
}
