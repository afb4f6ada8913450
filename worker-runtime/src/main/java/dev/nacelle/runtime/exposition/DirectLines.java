package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The lines of one directly read family, as they were written last. Names and labels are rendered once; a scrape reads
 * the values, formats those that changed and copies the rest. Used by one scrape at a time.
 */
final class DirectLines implements DirectFamilies.SeriesReader {
    private final String sampleName;

    /** The series in the order in which they are read, and their values' bits. */
    private Labels[] labels = new Labels[8];

    private long[] bits = new long[8];
    private int size;
    private int read;
    private boolean reshaped = true;

    /** The lines in the order in which they are written: which series stands there, and where its value does. */
    private int[] series = {};

    private long[] written = {};
    private int[] valueStarts = {};
    private int[] valueEnds = {};
    private byte[] lines = {};
    private int length;

    DirectLines(String sampleName) {
        this.sampleName = sampleName;
    }

    /** Reads all values; returns how many series there are. */
    int readAll(DirectFamilies.Series from) {
        read = 0;
        from.forEach(this);
        if (read != size) {
            Arrays.fill(labels, read, Math.max(read, size), null);
            size = read;
            reshaped = true;
        }
        return size;
    }

    @Override
    public void read(Labels of, double value) {
        if (read == labels.length) {
            labels = Arrays.copyOf(labels, read * 2);
            bits = Arrays.copyOf(bits, read * 2);
        }
        if (read >= size || !isSame(labels[read], of)) {
            labels[read] = of;
            reshaped = true;
        }
        bits[read++] = Double.doubleToLongBits(value);
    }

    @SuppressWarnings(
            "ReferenceEquality") // a series is known by its labels' identity; comparing them all would cost more
    private static boolean isSame(Labels one, Labels other) {
        return one == other;
    }

    /** Whether one of the metrics has that key; keys as the parser reckons them. */
    LongIndex keys() {
        LongIndex keys = new LongIndex();
        for (int i = 0; i < size; i++) keys.add(OwnFamily.key(labels[i]));
        return keys;
    }

    void write(PageBuffer to) {
        if (reshaped) writeAll(to);
        else writeChanged(to);
    }

    private void writeAll(PageBuffer to) {
        int start = to.size();
        series = IntStream.range(0, size)
                .boxed()
                .sorted(Comparator.comparing(i -> labels[i]))
                .mapToInt(i -> i)
                .toArray();
        written = new long[size];
        valueStarts = new int[size];
        valueEnds = new int[size];
        for (int line = 0; line < size; line++) {
            to.put(sampleName);
            Labels of = labels[series[line]];
            for (int i = 0; i < of.size(); i++)
                to.put(i == 0 ? '{' : ',')
                        .put(of.getPrometheusName(i))
                        .put("=\"")
                        .putEscaped(of.getValue(i))
                        .put('"');
            to.put(of.isEmpty() ? "" : "}").put(' ');
            valueStarts[line] = to.size() - start;
            written[line] = bits[series[line]];
            to.put(Double.longBitsToDouble(written[line]));
            valueEnds[line] = to.size() - start;
            to.put('\n');
        }
        keep(to, start);
        reshaped = false;
    }

    private void writeChanged(PageBuffer to) {
        int start = to.size();
        int copied = 0;
        int shift = 0;
        for (int line = 0; line < size; line++) {
            long now = bits[series[line]];
            int oldStart = valueStarts[line];
            int oldEnd = valueEnds[line];
            valueStarts[line] = oldStart + shift;
            if (now != written[line]) {
                to.put(lines, copied, oldStart).put(Double.longBitsToDouble(now));
                copied = oldEnd;
                shift = to.size() - start - oldEnd;
                written[line] = now;
            }
            valueEnds[line] = oldEnd + shift;
        }
        to.put(lines, copied, length);
        if (copied > 0) keep(to, start);
    }

    private void keep(PageBuffer from, int start) {
        length = from.size() - start;
        if (lines.length < length || lines.length > 2 * length + 1024) lines = new byte[length + length / 16];
        from.copyTo(start, lines, length);
    }
}
