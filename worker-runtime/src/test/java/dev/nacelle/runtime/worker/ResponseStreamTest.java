package dev.nacelle.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ResponseStreamTest {
    private static final Ending GIVEN_UP = new Ending.GivenUp(Optional.empty());
    private final Reader reader = new Reader();
    private final Heard heard = new Heard();
    private final ResponseStream stream = new ResponseStream(reader, heard, 3);

    @Test
    void tokensOfChunksCountForTheUsageTooAndATextWithoutIdsAsOne() {
        stream.token(1);
        stream.emit(Chunk.ofTokens(2, 3, 4));
        stream.emit(Chunk.ofText("no tokens"));
        stream.finish(FinishReason.STOP);
        assertThat(reader.usage()).isEqualTo(new Usage(3, 5));
        assertThat(reader.chunks).hasSize(2);
    }

    @Test
    void theEnginesOwnUsageIsPassedOn() {
        stream.token(1);
        stream.finish(FinishReason.STOP, new Usage(9, 8, 7));
        assertThat(reader.usage()).isEqualTo(new Usage(9, 8, 7));
    }

    @Test
    void theFirstItemIsSignalledOnce() {
        stream.token(1);
        stream.token(2);
        stream.firstSeen();
        assertThat(heard.events).containsExactly("first");
    }

    @Test
    void anItemAfterWhichTheReaderWantsNoMoreIsAFirstOneToo() {
        var streams = new ArrayList<ResponseStream>();
        var satisfied =
                new ResponseStream(new Reader(1, () -> streams.getFirst().end(GIVEN_UP, () -> {})), heard, 0);
        streams.add(satisfied);
        satisfied.token(1);
        assertThat(satisfied.isGivenUp()).isTrue();
        assertThat(heard.events).containsExactly("first");
    }

    @Test
    void anEngineThatAnnouncesItsFirstTokenIsBelieved() {
        stream.firstSeen();
        assertThat(heard.events).containsExactly("first");
        stream.token(1);
        assertThat(heard.events).hasSize(1);
    }

    @Test
    void whatComesAfterTheTerminalIsDiscardedAndReported() {
        stream.finish(FinishReason.STOP);
        stream.token(1);
        stream.emit(Chunk.ofTokens(2));
        stream.finish(FinishReason.LENGTH);
        assertThat(reader.reason()).isEqualTo(FinishReason.STOP);
        assertThat(reader.tokens).isEmpty();
        assertThat(reader.offences).isEmpty();
        assertThat(heard.events).containsExactly("AFTER_TERMINAL", "AFTER_TERMINAL", "AFTER_TERMINAL");
    }

    @Test
    void whatComesAfterACancellationIsDiscardedInSilence() {
        stream.token(1);
        assertThat(stream.end(GIVEN_UP, () -> {})).isTrue();
        stream.token(2);
        stream.finish(FinishReason.CANCELLED);
        assertThat(reader.reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(reader.usage()).isEqualTo(new Usage(3, 1));
        assertThat(reader.tokens).containsExactly(1);
        assertThat(heard.events).containsExactly("first");
    }

    @Test
    void onlyTheFirstEndingStands() {
        assertThat(stream.end(new Ending.Failed(new EngineError.Unknown("one")), () -> {}))
                .isTrue();
        assertThat(stream.end(GIVEN_UP, () -> {})).isFalse();
        assertThat(stream.isGivenUp()).isFalse();
        assertThat(reader.error()).isEqualTo(new EngineError.Unknown("one"));
        assertThat(reader.offences).isEmpty();
    }

    @Test
    void aFullQueueIsReportedAndItsItemNotCounted() {
        var small = new Reader(1);
        var overflowing = new ResponseStream(small, heard, 0);
        overflowing.token(1);
        assertThat(overflowing.isWritable()).isFalse();
        overflowing.token(2);
        assertThat(heard.events).containsExactly("first", "overflow");
        assertThat(overflowing.tokens()).isEqualTo(1);
    }

    @Test
    void anErrorOfTheReceiverDoesNotReachTheEnginesThread() {
        var broken = new ResponseStream(
                new Reader(1, () -> {
                    throw new StackOverflowError("deep");
                }),
                heard,
                0);
        broken.token(1);
        broken.emit(Chunk.ofText("more"));
        assertThat(heard.events).filteredOn(event -> event.contains("deep")).hasSize(2);
    }

    @Test
    void anEndedStreamIsWritableSoThatNobodyWaitsForIt() throws Exception {
        var full = new ResponseStream(new Reader(0), heard, 0);
        assertThat(full.isWritable()).isFalse();
        full.end(GIVEN_UP, () -> {});
        full.awaitWritable();
        assertThat(full.isWritable()).isTrue();
    }

    @Test
    void oneTerminalAndNothingAfterItHoweverThreadsMeet() throws Exception {
        try (var threads = Executors.newFixedThreadPool(3)) {
            for (int round = 0; round < 3000; round++) {
                var each = new Reader();
                var contended = new ResponseStream(each, heard, 0);
                var together = new CyclicBarrier(3);
                int tokens = round % 7;
                List<Future<?>> work = List.of(
                        threads.submit(() -> {
                            together.await();
                            for (int i = 0; i < tokens; i++) contended.token(i);
                            contended.finish(FinishReason.STOP);
                            return true;
                        }),
                        threads.submit(() -> {
                            together.await();
                            return contended.end(GIVEN_UP, () -> {});
                        }),
                        threads.submit(() -> {
                            together.await();
                            return contended.end(
                                    new Ending.GivenUp(Optional.of(new EngineError.Unknown("x"))), () -> {});
                        }));
                for (var done : work) done.get();
                assertThat(each.offences).isEmpty();
                assertThat(each.isEnded()).isTrue();
                assertThat(each.tokens).hasSize((int) contended.tokens());
            }
        }
    }

    /** Writes down what the stream tells its owner. */
    private static final class Heard implements ResponseStream.Owner {
        final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public void firstItem() {
            events.add("first");
        }

        @Override
        public void overflowed() {
            events.add("overflow");
        }

        @Override
        public void undeliverable(Throwable cause) {
            events.add(cause.toString());
        }

        @Override
        public void broke(Breach breach) {
            events.add(breach.name());
        }
    }
}
