package dev.nacelle.dynamo.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Reads what a frontend says over a response's connection: envelopes of {@code "stop"} or {@code "kill"}, and its end. */
final class ControlReader {
    private static final int HEAD = 24;

    /** What was said. */
    enum Word {
        NOTHING,
        /** The rest is not needed. */
        STOP,
        /** The client has left. */
        KILL,
        /** The connection is closed. */
        END
    }

    private final ByteBuffer bytes = ByteBuffer.allocate(512);

    /**
     * The strongest word that is there.
     *
     * @throws IOException when the connection broke, or something else came over it
     */
    Word read(SocketChannel channel) throws IOException {
        boolean ended = channel.read(bytes) < 0;
        var said = Word.NOTHING;
        bytes.flip();
        while (bytes.remaining() >= HEAD) {
            int at = bytes.position();
            long header = bytes.getLong(at);
            long body = bytes.getLong(at + 8);
            if (header < 0 || body < 0 || header + body < 0 || header + body > bytes.capacity() - HEAD)
                throw new IOException("a control message of %d and %d bytes, expected a word".formatted(header, body));
            int size = HEAD + (int) (header + body);
            if (bytes.remaining() < size) break;
            var word = word(new String(bytes.array(), at + HEAD, (int) header, StandardCharsets.UTF_8));
            if (word.compareTo(said) > 0) said = word;
            bytes.position(at + size);
        }
        bytes.compact();
        return ended ? Word.END : said;
    }

    private static Word word(String header) {
        return switch (header) {
            case "\"stop\"" -> Word.STOP;
            case "\"kill\"" -> Word.KILL;
            default -> Word.NOTHING; // words of later versions say nothing here
        };
    }
}
