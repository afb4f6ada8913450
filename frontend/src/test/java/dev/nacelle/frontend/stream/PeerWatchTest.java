package dev.nacelle.frontend.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PeerWatchTest {
    private static final Duration TICK = Duration.ofMillis(5);

    private final ServerSocketChannel listener = listen();
    private final PeerWatch watch = start();
    private SocketChannel client = connect();
    private SocketChannel served = listener.accept();
    private final Reports reports = new Reports();

    PeerWatchTest() throws IOException {
        // The fields' initialisers open sockets.
    }

    private static final class Reports implements PeerWatch.Watched {
        final Semaphore ticks = new Semaphore(0);
        final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public void tick() {
            ticks.release();
        }

        @Override
        public void inputEnded() {
            ended.countDown();
        }
    }

    @BeforeEach
    void serve() throws IOException {
        served.configureBlocking(false);
    }

    @AfterEach
    void closeAll() throws IOException {
        watch.close();
        client.close();
        served.close();
        listener.close();
    }

    @Test
    void aClientThatLeavesIsNoticed() throws Exception {
        try (var _ = watch.watch(Optional.of(served), TICK, reports)) {
            client.close();
            reports.ended.await();
        }
    }

    @Test
    void aClientThatResetsTheConnectionIsNoticed() throws Exception {
        client.setOption(StandardSocketOptions.SO_LINGER, 0);
        try (var _ = watch.watch(Optional.of(served), TICK, reports)) {
            reports.ticks.acquire(3);
            client.close();
            reports.ended.await();
        }
    }

    @Test
    void aHalfClosedConnectionIsNoticed() throws Exception {
        try (var _ = watch.watch(Optional.of(served), TICK, reports)) {
            client.shutdownOutput();
            reports.ended.await();
        }
    }

    @Test
    void bytesThatWaitAreNoEndAndStayWhereTheyAre() throws Exception {
        client.write(ByteBuffer.wrap(new byte[3]));
        try (var _ = watch.watch(Optional.of(served), TICK, reports)) {
            reports.ticks.acquire(5);
            assertThat(reports.ended.getCount()).isOne();
        }
        assertThat(served.read(ByteBuffer.allocate(8))).isEqualTo(3);
    }

    @Test
    void aConnectionCanBeWatchedAgainForItsNextRequest() throws Exception {
        for (int i = 0; i < 3; i++) {
            var again = new Reports();
            try (var _ = watch.watch(Optional.of(served), TICK, again)) {
                again.ticks.acquire(3);
            }
        }
        try (var _ = watch.watch(Optional.of(served), TICK, reports)) {
            client.close();
            reports.ended.await();
        }
    }

    @Test
    void itsNextRequestKeepsItWhenTheOneBeforeEndsLate() throws Exception {
        var before = new Reports();
        var first = watch.watch(Optional.of(served), TICK, before);
        before.ticks.acquire(3);
        try (var _ = watch.watch(Optional.of(served), TICK, reports)) {
            reports.ticks.acquire(3);
            first.close();
            client.close();
            reports.ended.await();
        }
    }

    @Test
    void aConnectionThatIsClosedMeanwhileHarmsNobody() throws Exception {
        var other = new Reports();
        try (var _ = watch.watch(Optional.of(served), TICK, reports);
                var _ = watch.watch(Optional.empty(), TICK, other)) {
            reports.ticks.acquire(3);
            served.close();
            other.ticks.acquire(5);
        }
    }

    @Test
    void afterItsEndAWatchIsSilent() throws Exception {
        var other = new Reports();
        watch.watch(Optional.of(served), TICK, reports).close();
        try (var _ = watch.watch(Optional.empty(), TICK, other)) {
            other.ticks.acquire(1);
            int seen = reports.ticks.availablePermits();
            other.ticks.acquire(3);
            assertThat(reports.ticks.availablePermits()).isEqualTo(seen);
        }
    }

    @Test
    void whatNeedsATickSeldomIsTickedSeldomAndItsClientNoticedAsSoon() throws Exception {
        var other = new Reports();
        try (var _ = watch.watch(Optional.of(served), Duration.ofDays(1), reports);
                var _ = watch.watch(Optional.empty(), TICK, other)) {
            other.ticks.acquire(5);
            assertThat(reports.ticks.availablePermits()).isOne();
            client.close();
            reports.ended.await();
            other.ticks.acquire(3);
            assertThat(reports.ticks.availablePermits()).isOne();
        }
    }

    @Test
    void limitsAreLookedAtATenthOfTheShortestApart() {
        assertThat(PeerWatch.often(Duration.ofSeconds(4), Duration.ZERO, Duration.ofMinutes(1)))
                .isEqualTo(Duration.ofMillis(400));
        assertThat(PeerWatch.often(Duration.ofMinutes(5))).isEqualTo(Duration.ofSeconds(1));
        assertThat(PeerWatch.often()).isEqualTo(Duration.ofSeconds(1));
    }

    private static PeerWatch start() throws IOException {
        return new PeerWatch(TICK);
    }

    private static ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(listener.getLocalAddress());
    }
}
