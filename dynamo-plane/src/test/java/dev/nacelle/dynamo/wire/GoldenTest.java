package dev.nacelle.dynamo.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What real processes of Dynamo 1.6.1 said to each other, and what we make of it. */
class GoldenTest {
    private static byte[] captured(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(GoldenTest.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }

    /** One envelope of a response stream. */
    private record Envelope(String header, String body) {
        static List<Envelope> all(byte[] bytes) {
            var all = new ArrayList<Envelope>();
            for (var rest = ByteBuffer.wrap(bytes); rest.hasRemaining(); ) {
                var header = new byte[(int) rest.getLong()];
                var body = new byte[(int) rest.getLong()];
                assertThat(rest.getLong()).as("checksum").isZero();
                rest.get(header).get(body);
                all.add(new Envelope(
                        new String(header, StandardCharsets.UTF_8), new String(body, StandardCharsets.UTF_8)));
            }
            return all;
        }

        JsonNode json() throws IOException {
            return Json.MAPPER.readTree(header.isEmpty() ? body : header);
        }
    }

    @Test
    void aCapturedRequestIsRead() throws Exception {
        var reader = new FrameReader(32 << 20);
        var whole = captured("requests.bin");
        int at = 0;
        var frame = reader.next();
        while (frame.isEmpty()) {
            var room = reader.room();
            int count = Math.min(Math.min(7, room.remaining()), whole.length - at);
            room.put(whole, at, count);
            at += count;
            reader.filled();
            frame = reader.next();
        }
        assertThat(frame.get().path()).isEqualTo("e547516faa1c673e/dynamo/backend/generate");
        assertThat(frame.get().size()).isEqualTo(2 + 40 + 2 + 160 + 4 + 0x4c5);

        var call = CallInfo.of(frame.get());
        assertThat(call.id()).isEqualTo("60ffded2-0a5d-4b05-8fb2-a1fd517cfec7");
        assertThat(call.address().getHostString()).isEqualTo("127.0.0.1");
        assertThat(call.address().getPort()).isEqualTo(40111);
        assertThat(call.subject()).isEqualTo("5dea9a66-5043-4e3e-8c39-92c5b5adb1f6");
        assertThat(call.sentNanos()).hasValue(1795334035444573480L);
        assertThat(call.traceHeaders()).isEmpty();

        var request = TokensRequest.read(frame.get().body());
        assertThat(request.model()).isEqualTo("jm");
        assertThat(request.prompt()).isEqualTo(new Prompt.Tokens(473, 270, 61, 283, 290, 114, 13, 1546, 642, 432, 61));
        assertThat(request.stop().maxTokens()).isEqualTo(OptionalInt.of(4));
        assertThat(request.stop().ignoreEos()).isTrue();
        assertThat(request.sampling().n()).isEqualTo(1);
        assertThat(request.output().logProbs()).isEmpty();
        assertThat(request.dpRank()).isEmpty();
        assertThat(request.extras()).containsOnlyKeys("eos_token_ids", "annotations");
    }

    /** A frontend has three fields for them, and fills those that it came by. */
    @Test
    void idsThatEndAResponseAreThoseOfAllFields() throws Exception {
        var request = TokensRequest.read("""
                {"token_ids":[1],"stop_conditions":{"stop_token_ids":[7,8],"stop_token_ids_visible":[9],\
                "stop_token_ids_hidden":[8,10]}}""".getBytes(StandardCharsets.UTF_8));
        assertThat(IntStream.range(0, 12).filter(request.stop().stopTokenIds()::contains))
                .containsExactly(7, 8, 9, 10);
    }

    @Test
    void ourResponseSaysWhatTheCapturedOneSays() throws Exception {
        var theirs = Envelope.all(captured("response.bin"));
        var out = new FrameBuffer(16);
        Stream.begin("5dea9a66-5043-4e3e-8c39-92c5b5adb1f6", out);
        var writer = new TokensWriter();
        for (int id : new int[] {1506, 1927, 1902, 1041}) {
            writer.token(id, out);
            writer.flush(out);
        }
        writer.finished(FinishReason.LENGTH, new Usage(11, 4), out);
        var bytes = new byte[out.size()];
        out.view().get(bytes);
        var ours = Envelope.all(bytes);

        assertThat(ours).hasSameSizeAs(theirs);
        for (int i = 0; i < ours.size(); i++) {
            var mine = ours.get(i).json();
            var other = theirs.get(i).json();
            if (!other.has("data")) {
                assertThat(ours.get(i)).isEqualTo(theirs.get(i));
                continue;
            }
            assertThat(mine.path("complete_final")).isEqualTo(other.path("complete_final"));
            var item = other.at("/data/data");
            for (var field : mine.at("/data/data").properties())
                assertThat(field.getValue()).as(field.getKey()).isEqualTo(item.path(field.getKey()));
            assertThat(mine.at("/data/data/token_ids")).isEqualTo(item.path("token_ids"));
        }
        assertThat(ours.get(6)
                        .json()
                        .at("/data/data/completion_usage/total_tokens")
                        .asInt())
                .isEqualTo(15);
    }

    @Test
    void tokensThatAreReadyTogetherShareAChunk() {
        var out = new FrameBuffer(16);
        var writer = new TokensWriter();
        for (int id = 0; id < 70; id++) writer.token(id, out);
        writer.flush(out);
        writer.flush(out);
        writer.chunk(Chunk.ofTokens(1, 2), out);
        var bytes = new byte[out.size()];
        out.view().get(bytes);
        assertThat(Envelope.all(bytes))
                .extracting(Envelope::body)
                .satisfiesExactly(
                        first -> assertThat(first)
                                .startsWith("{\"data\":{\"data\":{\"token_ids\":[0,1,2,")
                                .contains("62,63]"),
                        second -> assertThat(second)
                                .isEqualTo(
                                        "{\"data\":{\"data\":{\"token_ids\":[64,65,66,67,68,69]}},\"complete_final\":false}"),
                        third -> assertThat(third)
                                .isEqualTo("{\"data\":{\"data\":{\"token_ids\":[1,2]}},\"complete_final\":false}"));
    }
}
