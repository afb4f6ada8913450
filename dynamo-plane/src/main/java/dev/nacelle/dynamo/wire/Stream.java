package dev.nacelle.dynamo.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** The parts of a response stream that are the same for every kind of engine. */
public final class Stream {
    static final byte[] ITEM = "{\"data\":{\"data\":".getBytes(US_ASCII);
    static final byte[] ITEM_END = "},\"complete_final\":false}".getBytes(US_ASCII);
    private static final byte[] NO_ERROR = "{\"error\":null}".getBytes(US_ASCII);
    private static final byte[] FINAL = "{\"complete_final\":true}".getBytes(US_ASCII);
    private static final byte[] SENTINEL = "\"sentinel\"".getBytes(US_ASCII);

    private Stream() {}

    /** The beginning: which request is answered, and that it is. */
    public static void begin(String subject, FrameBuffer to) {
        to.begin().put("{\"subject\":");
        JsonText.put(subject, to);
        to.put(",\"stream_type\":\"response\"}").endHeader();
        to.begin().put(NO_ERROR).endHeader();
    }

    /** The end: complete, and nothing follows. */
    static void end(FrameBuffer to) {
        to.begin().put(FINAL).endBody();
        to.begin().put(SENTINEL).endHeader();
    }
}
