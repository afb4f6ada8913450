package dev.nacelle.benchmarks.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Finds server-sent events and the end of a response in HTTP/1.1's bytes, wherever they are cut. Chunked or of a length. */
final class EventScanner {
    private static final byte[] EVENT = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LENGTH = "content-length: ".getBytes(StandardCharsets.US_ASCII);

    private enum Part {
        HEAD,
        BODY,
        CHUNKS
    }

    private Part part = Part.HEAD;
    private int lineLength;
    private int eventMatch;
    private int lengthMatch;
    private boolean lineIsZero;
    private boolean lastChunk;
    private long left = -1;
    private int status;

    /** Events seen since {@link #forget}. */
    int events;

    /** Whether the response has ended. */
    boolean ended;

    /** The status line's number. */
    int status() {
        return status;
    }

    void forget() {
        events = 0;
    }

    /** Makes it ready for the next response. */
    void restart() {
        part = Part.HEAD;
        lineLength = 0;
        eventMatch = 0;
        lengthMatch = 0;
        lastChunk = false;
        left = -1;
        status = 0;
        ended = false;
    }

    /** Reads to the end of the buffer, or of the response. */
    void scan(ByteBuffer in) {
        while (in.hasRemaining() && !ended) {
            byte b = in.get();
            switch (part) {
                case HEAD -> head(b);
                case BODY -> {
                    if (--left == 0) ended = true;
                }
                case CHUNKS -> chunks(b);
            }
        }
    }

    private void head(byte b) {
        if (lineLength >= 9 && lineLength < 12 && status < 100 && b >= '0' && b <= '9') status = status * 10 + b - '0';
        if (b == '\n') {
            if (lineLength <= 1) {
                part = left >= 0 ? Part.BODY : Part.CHUNKS;
                ended = left == 0;
            }
            lineLength = 0;
            lengthMatch = 0;
            return;
        }
        lineLength++;
        if (lengthMatch == LENGTH.length) {
            if (b >= '0' && b <= '9') left = Math.max(0, left) * 10 + b - '0';
        } else if (lengthMatch >= 0) {
            lengthMatch = (b | 0x20) == LENGTH[lengthMatch] || b == LENGTH[lengthMatch] ? lengthMatch + 1 : -1;
        }
    }

    /** Lines suffice: an event's data has no line feed in it, and the chunk of length 0 is the only line that is "0". */
    private void chunks(byte b) {
        if (b == '\n') {
            if (lastChunk && lineLength == 0) ended = true;
            lastChunk = lineIsZero && lineLength == 1;
            lineLength = 0;
            eventMatch = 0;
            return;
        }
        if (b == '\r') return;
        if (lineLength == 0) lineIsZero = b == '0';
        if (lineLength == eventMatch
                && eventMatch < EVENT.length
                && b == EVENT[eventMatch]
                && ++eventMatch == EVENT.length) events++;
        lineLength++;
    }
}
