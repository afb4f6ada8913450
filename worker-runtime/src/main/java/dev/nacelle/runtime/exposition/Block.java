package dev.nacelle.runtime.exposition;

import java.util.List;

/**
 * What one foreign family puts under one HELP and one TYPE in one dialect. Immutable.
 *
 * @param name as it stands in the TYPE line, before any quotes
 * @param type the word in the TYPE line
 * @param help empty when there is none
 * @param unit empty when there is none or the dialect cannot say it
 * @param comments free comments to write before it; text 0.0.4 only
 * @param sampleNames the names of its samples
 * @param bytes where its lines are
 * @param ranges from and to, in pairs, of runs of lines in {@code bytes}, each without its last newline
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose: the source's own text, not a copy
record Block(
        String name,
        String type,
        String help,
        String unit,
        List<String> comments,
        List<String> sampleNames,
        byte[] bytes,
        int[] ranges) {

    void writeSamples(PageBuffer to) {
        for (int i = 0; i < ranges.length; i += 2)
            to.put(bytes, ranges[i], ranges[i + 1]).put('\n');
    }

    void writeComments(PageBuffer to) {
        for (String comment : comments) to.put(comment).put('\n');
    }

    void writeHead(PageBuffer to, Dialect.Format format) {
        writeComments(to);
        writeHead(to, format, name, type, help, unit);
    }

    static void writeHead(PageBuffer to, Dialect.Format format, String name, String type, String help, String unit) {
        switch (format) {
            case TEXT -> {
                if (!help.isEmpty())
                    to.put("# HELP ")
                            .putMetricName(name)
                            .put(' ')
                            .putEscapedHelp(help)
                            .put('\n');
                to.put("# TYPE ").putMetricName(name).put(' ').put(type).put('\n');
            }
            case OPENMETRICS -> {
                to.put("# TYPE ").putMetricName(name).put(' ').put(type).put('\n');
                if (!unit.isEmpty())
                    to.put("# UNIT ")
                            .putMetricName(name)
                            .put(' ')
                            .putEscaped(unit)
                            .put('\n');
                if (!help.isEmpty())
                    to.put("# HELP ")
                            .putMetricName(name)
                            .put(' ')
                            .putEscaped(help)
                            .put('\n');
            }
        }
    }
}
