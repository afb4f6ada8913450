package dev.nacelle.dynamo.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameReaderTest {
    private static final int MAX = 1 << 16;
    private static final String CALL = """
            {"id":"r1","request_type":"single_in","response_type":"many_out","payload_codec":"json",\
            "connection_info":{"transport":"tcp_server","info":"{\\"address\\":\\"127.0.0.1:9\\",\\"subject\\":\\"s\\"}"}}""";
    private static final String BODY = """
            {"model":"m","token_ids":[1,2,3],"stop_conditions":{"max_tokens":4,"stop":["a"],"stop_token_ids":[7]},\
            "sampling_options":{"temperature":0.5,"seed":9,"n":1},"output_options":{"logprobs":2},"routing":{"dp_rank":1}}""";

    private static byte[] frame(String path, String headers, String call, String body) {
        var p = path.getBytes(StandardCharsets.UTF_8);
        var h = headers.getBytes(StandardCharsets.UTF_8);
        var c = call.getBytes(StandardCharsets.UTF_8);
        var b = body.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + p.length + h.length + 24 + c.length + b.length)
                .putShort((short) p.length)
                .put(p)
                .putShort((short) h.length)
                .put(h)
                .putInt(24 + c.length + b.length)
                .putLong(c.length)
                .putLong(b.length)
                .putLong(0)
                .put(c)
                .put(b)
                .array();
    }

    private static List<RequestFrame> read(FrameReader reader, byte[] bytes, int step) throws MalformedFrameException {
        var frames = new ArrayList<RequestFrame>();
        for (int at = 0; at < bytes.length; ) {
            var room = reader.room();
            int count = Math.min(Math.min(step, room.remaining()), bytes.length - at);
            room.put(bytes, at, count);
            reader.filled();
            at += count;
            for (var frame = reader.next(); frame.isPresent(); frame = reader.next()) frames.add(frame.get());
        }
        return frames;
    }

    @ParameterizedTest
    @CsvSource({"1", "3", "100", "1000000"})
    void framesAreCutHoweverTheyArrive(int step) throws Exception {
        var one = frame("1/a/b/c", "{}", CALL, BODY);
        var long1 = frame("1/a/b/c", "{}", CALL, "x".repeat(40_000));
        var all = ByteBuffer.allocate(one.length * 2 + long1.length)
                .put(one)
                .put(long1)
                .put(one)
                .array();
        var reader = new FrameReader(MAX);
        assertThat(read(reader, all, step))
                .extracting(RequestFrame::size)
                .containsExactly(one.length, long1.length, one.length);
        assertThat(reader.isWithinFrame()).isFalse();
    }

    @Test
    void memoryFollowsWhatHasArrived() throws Exception {
        var reader = new FrameReader(1 << 30);
        var start = ByteBuffer.allocate(100)
                .putShort((short) 1)
                .put((byte) 'p')
                .putShort((short) 0)
                .putInt(1 << 29)
                .putLong(0)
                .putLong((1 << 29) - 24)
                .putLong(0)
                .array();
        assertThat(read(reader, start, 100)).isEmpty();
        assertThat(reader.isWithinFrame()).isTrue();
        assertThat(reader.capacity()).isLessThan(100_000);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2, 24, 0, 0, a path of 0 bytes",
        "2000, 2, 24, 0, 0, a path of 2000 bytes",
        "1, 2, 23, 0, 0, an envelope of 23 bytes",
        "1, 2, -1, 0, 0, an envelope of 4294967295 bytes",
        "1, 2, 65537, 0, 0, an envelope of 65537 bytes",
        "1, 2, 30, 7, 0, a header of 7",
        "1, 2, 30, 0, 7, a body of 7",
        "1, 2, 30, -1, 7, a header of 18446744073709551615",
    })
    void whatCannotBeAFrameIsRefusedAtOnce(int path, int headers, int length, long call, long body, String why) {
        var bytes = ByteBuffer.allocate(2 + path + 2 + headers + 4 + 24)
                .putShort((short) path)
                .put(new byte[path])
                .putShort((short) headers)
                .put(new byte[headers])
                .putInt(length)
                .putLong(call)
                .putLong(body)
                .array();
        var reader = new FrameReader(MAX);
        assertThatThrownBy(() -> read(reader, bytes, 1000))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'{'; {}; envelope header",
                "'[]'; {}; no JSON object",
                "'{\"payload_codec\":\"msgpack\"}'; {}; payload_codec 'msgpack'",
                "'{\"payload_codec\":\"json\",\"response_type\":\"single_out\"}'; {}; response_type 'single_out'",
            })
    void aCallThatCannotBeAnsweredIsMalformed(String call, String headers, String why) throws Exception {
        var read = read(new FrameReader(MAX), frame("p", headers, call, "{}"), 1000)
                .getFirst();
        assertThatThrownBy(() -> CallInfo.of(read))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({"localhost:9", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1", "example.org:80", "':9'"})
    void onlyAnAddressIsDialled(String address) throws Exception {
        var call = CALL.replace("127.0.0.1:9", address);
        var read =
                read(new FrameReader(MAX), frame("p", "{}", call, "{}"), 1000).getFirst();
        assertThatThrownBy(() -> CallInfo.of(read)).isInstanceOf(MalformedFrameException.class);
    }

    @Test
    void randomBytesAndBrokenFramesDoNoHarm() {
        fuzz(20_000, 1);
    }

    @Test
    @Tag("long")
    void aMillionOfThem() {
        fuzz(1_000_000, System.nanoTime());
    }

    /** Frames with bytes changed, cut out or added, and plain noise: read, or refused, within the limits of memory. */
    private static void fuzz(int inputs, long seed) {
        var random = new Random(seed);
        var good = frame("1/a/b/c", "{\"request-id\":\"x\",\"x-frontend-send-ts-ns\":\"1\"}", CALL, BODY);
        int frames = 0;
        int requests = 0;
        for (int i = 0; i < inputs; i++) {
            var bytes = mutated(good, random);
            var reader = new FrameReader(MAX);
            try {
                for (var frame : read(reader, bytes, 1 + random.nextInt(bytes.length + 1))) {
                    frames++;
                    CallInfo.of(frame);
                    RequestFormat format = random.nextBoolean()
                            ? new RequestFormat.InTokens(random.nextBoolean())
                            : new RequestFormat.InText("m");
                    if (format.read(frame.body()).request() != null) requests++;
                }
            } catch (MalformedFrameException | RequestFormat.BadRequestException e) {
                assertThat(e.getMessage()).isNotEmpty();
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed %d, input %d".formatted(seed, i), e);
            }
            assertThat(reader.capacity()).isLessThanOrEqualTo(2 * (MAX + 4096));
        }
        assertThat(frames).isGreaterThan(inputs / 20);
        assertThat(requests).isGreaterThan(inputs / 100);
    }

    private static byte[] mutated(byte[] good, Random random) {
        int kind = random.nextInt(10);
        if (kind == 0) {
            var noise = new byte[1 + random.nextInt(400)];
            random.nextBytes(noise);
            return noise;
        }
        var bytes = good.clone();
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            // The body more often than the lengths, after which nothing else is looked at.
            int at = random.nextInt(kind < 4 ? 100 : bytes.length);
            bytes[at] = (byte) (kind % 2 == 0 ? random.nextInt(256) : "{}[]\":,0-e.n".charAt(random.nextInt(12)));
        }
        if (kind == 9) return Arrays.copyOf(bytes, random.nextInt(bytes.length) + 1);
        return bytes;
    }
}
