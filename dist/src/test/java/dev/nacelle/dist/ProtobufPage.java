package dev.nacelle.dist;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A scrape in protobuf, read without the library that wrote it: delimited messages of Prometheus' {@code MetricFamily}. */
final class ProtobufPage {
    /** Types by their numbers in {@code io.prometheus.client.MetricType}. */
    enum Type {
        COUNTER,
        GAUGE,
        SUMMARY,
        UNTYPED,
        HISTOGRAM,
        GAUGE_HISTOGRAM
    }

    /**
     * A family.
     *
     * @param labels the label names of each of its metrics
     */
    record Family(String name, Type type, List<Set<String>> labels) {}

    private static final int BYTES = 2;

    private ProtobufPage() {}

    static List<Family> read(byte[] page) {
        var families = new ArrayList<Family>();
        var rest = ByteBuffer.wrap(page);
        while (rest.hasRemaining()) families.add(family(message(rest)));
        return families;
    }

    /** Fields: 1 name, 3 type, 4 metric. */
    private static Family family(ByteBuffer in) {
        var name = "";
        var type = Type.COUNTER;
        var labels = new ArrayList<Set<String>>();
        while (in.hasRemaining()) {
            int tag = (int) varint(in);
            switch (tag >>> 3) {
                case 1 -> name = text(in);
                case 3 -> type = Type.values()[(int) varint(in)];
                case 4 -> labels.add(labelNames(message(in)));
                default -> skip(in, tag & 7);
            }
        }
        return new Family(name, type, labels);
    }

    /** Field 1 of a metric is a label pair, whose field 1 is the name. */
    private static Set<String> labelNames(ByteBuffer in) {
        var names = new TreeSet<String>();
        while (in.hasRemaining()) {
            int tag = (int) varint(in);
            if (tag >>> 3 != 1) {
                skip(in, tag & 7);
                continue;
            }
            var pair = message(in);
            while (pair.hasRemaining()) {
                int inner = (int) varint(pair);
                if (inner >>> 3 == 1) names.add(text(pair));
                else skip(pair, inner & 7);
            }
        }
        return names;
    }

    private static String text(ByteBuffer in) {
        return StandardCharsets.UTF_8.decode(message(in)).toString();
    }

    private static ByteBuffer message(ByteBuffer in) {
        int length = (int) varint(in);
        var message = in.slice(in.position(), length);
        in.position(in.position() + length);
        return message;
    }

    private static void skip(ByteBuffer in, int wireType) {
        switch (wireType) {
            case 0 -> varint(in);
            case 1 -> in.position(in.position() + Long.BYTES);
            case BYTES -> message(in);
            case 5 -> in.position(in.position() + Integer.BYTES);
            default -> throw new AssertionError("wire type " + wireType);
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) return value;
        }
    }
}
