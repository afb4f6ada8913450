package dev.nacelle.runtime.kv;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.request.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Each message removes one block whose hash is the message's number. */
class ZmqSequenceTest {
    private final List<String> published = new ArrayList<>();
    private final SortedMap<Long, byte[]> kept = new TreeMap<>();
    private final ZmqSequence sequence = new ZmqSequence(
            "test",
            new KvEventPublisher() {
                @Override
                public void stored(long[] blockHashes, OptionalLong parent, TokenIds tokens, int blockSize) {
                    published.add("stored " + Arrays.toString(blockHashes));
                }

                @Override
                public void removed(long... blockHashes) {
                    published.add(Long.toString(blockHashes[0]));
                }

                @Override
                public void cleared() {
                    published.add("cleared");
                }
            },
            (first, taker) -> kept.tailMap(first).forEach(taker::message));

    @Test
    void messagesInOrderAreHandedOn() {
        live(0, 1, 2);
        assertThat(published).containsExactly("0", "1", "2");
    }

    @Test
    void missedMessagesAreRepeatedAndTheirDoublesPassedOver() {
        live(0);
        keep(0, 1, 2, 3, 4);
        live(3, 4, 5);
        assertThat(published).containsExactly("0", "1", "2", "3", "4", "5");
    }

    @Test
    void whatCannotBeRepeatedEmptiesTheCache() {
        live(0);
        keep(2, 3);
        live(3);
        kept.clear();
        live(6);
        assertThat(published).containsExactly("0", "cleared", "2", "3", "cleared", "6");
    }

    @Test
    void anEngineThatWasRestartedBeginsWithAnEmptyCache() {
        live(0, 1, 0, 1);
        assertThat(published).containsExactly("0", "1", "cleared", "0", "1");
    }

    @Test
    void aMessageThatCannotBeReadEmptiesTheCache() {
        sequence.message(0, new byte[] {(byte) 0x92, 1});
        live(1);
        assertThat(published).containsExactly("cleared", "1");
    }

    private void live(long... numbers) {
        for (long number : numbers) sequence.message(number, payload(number));
    }

    private void keep(long... numbers) {
        for (long number : numbers) kept.put(number, payload(number));
    }

    /** {@code [1, [["BlockRemoved", [number]]]]}. */
    private static byte[] payload(long number) {
        var name = "BlockRemoved".getBytes(US_ASCII);
        var bytes = new byte[name.length + 7];
        bytes[0] = (byte) 0x92;
        bytes[1] = 1;
        bytes[2] = (byte) 0x91;
        bytes[3] = (byte) 0x92;
        bytes[4] = (byte) (0xa0 | name.length);
        System.arraycopy(name, 0, bytes, 5, name.length);
        bytes[name.length + 5] = (byte) 0x91;
        bytes[name.length + 6] = (byte) number;
        return bytes;
    }
}
