package dev.nacelle.runtime.exposition;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads one sample line; holds what it found until the next one. Used by one thread. */
final class SampleScanner {
    /** More labels than this on one line is taken for damage. */
    private static final int MOST_LABELS = 256;

    private final byte[] text;
    private final boolean openMetrics;

    private int start;
    private int end;
    private int nameFrom;
    private int nameTo;
    private byte[] name;
    private int at;
    private boolean inBraces;
    private int labelsEnd;
    private int value;
    private int valueEnd;
    private int timestamp;
    private int sampleEnd;
    private int exemplar;
    private int special;
    private long specialKey;
    private long metricKey;
    private byte flags;
    private int labelCount;
    private long[] labelNames = new long[16];
    private int longestLabel;

    SampleScanner(byte[] text, boolean openMetrics) {
        this.text = text;
        this.openMetrics = openMetrics;
        this.name = text;
    }

    /** Reads the name of the sample in the line from {@code start} to {@code end}, which has neither blanks nor CR at its end. */
    void readName(int start, int end) throws BadLine {
        this.start = start;
        this.end = end;
        flags = ParsedFamily.VERBATIM;
        if (text[start] == '{') {
            readQuotedName();
            return;
        }
        inBraces = false;
        if (!Names.isNameStart(text[start], true)) throw new BadLine("expected a metric's name");
        int i = start + 1;
        while (i < end && Names.isNamePart(text[i], true)) i++;
        name = text;
        nameFrom = start;
        nameTo = at = i;
    }

    private void readQuotedName() throws BadLine {
        int from = skipBlanks(start + 1);
        if (from >= end || text[from] != '"') throw new BadLine("expected a metric's name");
        int to = closingQuote(from + 1);
        name = unescaped(from + 1, to);
        nameFrom = 0;
        nameTo = name.length;
        if (nameTo == 0) throw new BadLine("a metric's name is empty");
        flags |= ParsedFamily.QUOTED;
        inBraces = true;
        at = skipBlanks(to + 1);
        if (at < end && text[at] == ',') at++;
        else if (at >= end || text[at] != '}') throw new BadLine("expected ',' or '}' after the metric's name");
    }

    byte[] name() {
        return name;
    }

    int nameFrom() {
        return nameFrom;
    }

    int nameTo() {
        return nameTo;
    }

    String nameText() {
        return new String(name, nameFrom, nameTo - nameFrom, StandardCharsets.UTF_8);
    }

    /**
     * Reads the rest of the line.
     *
     * @param specialLabel the label that is not a part of the metric's identity; empty when there is none
     */
    void readRest(byte[] specialLabel) throws BadLine {
        metricKey = 0;
        special = 0;
        specialKey = 0;
        labelCount = 0;
        longestLabel = 0;
        timestamp = 0;
        exemplar = 0;
        if (!inBraces && at < end && isBlank(text[at]) && text[skipBlanks(at)] == '{') {
            // Blanks between name and labels are allowed but seldom taken.
            flags &= ~ParsedFamily.VERBATIM;
            at = skipBlanks(at);
        }
        if (inBraces || (at < end && text[at] == '{')) {
            if (!inBraces) at++;
            readLabels(specialLabel);
        }
        labelsEnd = at;
        if (at >= end || !isBlank(text[at])) throw new BadLine("expected a blank before the value");
        value = skipBlanks(at);
        valueEnd = tokenEnd(value);
        if (!NumberTokens.isNumber(text, value, valueEnd)) throw new BadLine("expected a number as value");
        if (value != at + 1 || text[at] != ' ') flags &= ~ParsedFamily.VERBATIM;
        sampleEnd = valueEnd;
        int next = skipBlanks(valueEnd);
        if (next < end && text[next] != '#') next = readTimestamp(next);
        if (next < end) readExemplar(next);
    }

    private int readTimestamp(int from) throws BadLine {
        int to = tokenEnd(from);
        boolean good = openMetrics
                ? NumberTokens.isSeconds(text, from, to)
                : NumberTokens.timestamp(text, from, to) != NumberTokens.NO_TIMESTAMP;
        if (!good)
            throw new BadLine(
                    openMetrics ? "expected seconds as timestamp" : "expected whole milliseconds as timestamp");
        timestamp = from;
        sampleEnd = to;
        if (from != valueEnd + 1 || text[valueEnd] != ' ') flags &= ~ParsedFamily.VERBATIM;
        return skipBlanks(to);
    }

    private void readLabels(byte[] specialLabel) throws BadLine {
        while (true) {
            int before = at;
            at = skipBlanks(at);
            if (at >= end) throw new BadLine("expected '}' after the labels");
            if (text[at] == '}') {
                // A comma before it, or blanks, are allowed but seldom taken.
                if ((labelCount > 0 && text[before - 1] == ',') || at != before) flags &= ~ParsedFamily.VERBATIM;
                at++;
                return;
            }
            if (at != before) flags &= ~ParsedFamily.VERBATIM;
            readLabel(specialLabel);
            int after = at;
            at = skipBlanks(at);
            if (at != after) flags &= ~ParsedFamily.VERBATIM;
            if (at < end && text[at] == ',') at++;
            else if (at >= end || text[at] != '}') throw new BadLine("expected ',' or '}' after a label");
        }
    }

    private void readLabel(byte[] specialLabel) throws BadLine {
        byte[] label = text;
        int from = at;
        int to;
        if (text[at] == '"') {
            int quote = closingQuote(at + 1);
            label = unescaped(at + 1, quote);
            from = 0;
            to = label.length;
            if (to == 0) throw new BadLine("a label's name is empty");
            flags |= ParsedFamily.QUOTED;
            at = quote + 1;
        } else {
            if (!Names.isNameStart(text[at], false)) throw new BadLine("expected a label's name");
            to = at + 1;
            while (to < end && Names.isNamePart(text[to], false)) to++;
            at = to;
        }
        if (to - from >= 2 && label[from] == '_' && label[from + 1] == '_')
            throw new BadLine("a label's name begins with '__', which is reserved");
        int equals = skipBlanks(at);
        if (equals >= end || text[equals] != '=') throw new BadLine("expected '=' after a label's name");
        int quote = skipBlanks(equals + 1);
        if (quote != at + 1) flags &= ~ParsedFamily.VERBATIM;
        if (quote >= end || text[quote] != '"') throw new BadLine("expected '\"' before a label's value");
        int close = closingQuote(quote + 1);
        at = close + 1;
        longestLabel = Math.max(longestLabel, close - quote - 1);
        add(
                Keys.of(label, from, to),
                quote + 1,
                close,
                Arrays.equals(label, from, to, specialLabel, 0, specialLabel.length));
    }

    private void add(long nameKey, int from, int to, boolean isSpecial) throws BadLine {
        for (int i = 0; i < labelCount; i++)
            if (labelNames[i] == nameKey) throw new BadLine("a label stands there twice");
        if (labelCount == MOST_LABELS) throw new BadLine("more than %d labels".formatted(MOST_LABELS));
        if (labelCount == labelNames.length) labelNames = Arrays.copyOf(labelNames, labelCount * 2);
        labelNames[labelCount++] = nameKey;
        long valueKey = escaped ? keyOfEscaped(from, to) : Keys.of(text, from, to);
        if (isSpecial) {
            special = from;
            specialKey = valueKey;
        } else if (from < to) {
            // An empty value is the same as no label.
            metricKey += Keys.label(nameKey, valueKey);
        }
    }

    private long keyOfEscaped(int from, int to) {
        byte[] plain = unescaped(from, to);
        return Keys.of(plain, 0, plain.length);
    }

    /** Set by {@link #closingQuote}: the text before that quote has a backslash. */
    private boolean escaped;

    /** Where the string that starts at {@code from} ends. */
    private int closingQuote(int from) throws BadLine {
        escaped = false;
        boolean ascii = true;
        for (int i = from; i < end; i++) {
            byte c = text[i];
            if (c == '"') {
                if (!ascii && !Utf8.isValid(text, from, i)) throw new BadLine("a text that is not UTF-8");
                return i;
            }
            if (c == '\\') {
                escaped = true;
                byte next = i + 1 < end ? text[i + 1] : 0;
                if (next == '\\' || next == '"' || next == 'n') i++;
                else flags &= ~ParsedFamily.VERBATIM;
            } else if (c <= 0) {
                if (c == 0) throw new BadLine("a zero byte");
                ascii = false;
            }
        }
        throw new BadLine("a '\"' without its end");
    }

    /** A quoted text as it is meant: an escape that the formats do not know stands for itself. */
    private byte[] unescaped(int from, int to) {
        byte[] plain = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            byte c = text[i];
            if (c == '\\' && i + 1 < to) {
                byte next = text[i + 1];
                if (next == '\\' || next == '"' || next == 'n') {
                    c = next == 'n' ? (byte) '\n' : next;
                    i++;
                }
            }
            plain[length++] = c;
        }
        return Arrays.copyOf(plain, length);
    }

    private void readExemplar(int from) throws BadLine {
        if (text[from] != '#') throw new BadLine("expected the end of the line after the timestamp");
        exemplar = from;
        int i = skipBlanks(from + 1);
        if (i >= end || text[i] != '{') throw new BadLine("expected '{' in an exemplar");
        long metric = metricKey;
        int specialAt = special;
        long specialWas = specialKey;
        int labels = labelsEnd;
        byte flagsWere = flags;
        at = i + 1;
        labelCount = 0;
        readLabels(NO_LABEL);
        metricKey = metric;
        special = specialAt;
        specialKey = specialWas;
        labelsEnd = labels;
        flags = flagsWere;
        if (at >= end || !isBlank(text[at])) throw new BadLine("expected a blank before the exemplar's value");
        int number = skipBlanks(at);
        int numberEnd = tokenEnd(number);
        if (!NumberTokens.isNumber(text, number, numberEnd))
            throw new BadLine("expected a number as the exemplar's value");
        int stamp = skipBlanks(numberEnd);
        if (stamp == end) return;
        int stampEnd = tokenEnd(stamp);
        if (stampEnd != end || !NumberTokens.isSeconds(text, stamp, end))
            throw new BadLine("expected seconds as the exemplar's timestamp");
    }

    private static final byte[] NO_LABEL = {};

    /** Bytes of the longest label value, as written. */
    int longestLabel() {
        return longestLabel;
    }

    /** False when {@code le} or {@code quantile} is no number, which no reader takes. */
    boolean specialIsNumberOrAbsent() {
        if (special == 0) return true;
        int to = special;
        while (text[to] != '"') to++;
        return NumberTokens.isNumber(text, special, to);
    }

    long metricKey() {
        return metricKey;
    }

    long specialKey() {
        return specialKey;
    }

    boolean hasTimestamp() {
        return timestamp != 0;
    }

    long timestampKey() {
        return timestamp == 0 ? 0 : Keys.of(text, timestamp, sampleEnd);
    }

    byte flags() {
        return flags;
    }

    void offsetsInto(int[] offsets, int base) {
        offsets[base + ParsedFamily.START] = start;
        offsets[base + ParsedFamily.LABELS_END] = labelsEnd;
        offsets[base + ParsedFamily.VALUE] = value;
        offsets[base + ParsedFamily.VALUE_END] = valueEnd;
        offsets[base + ParsedFamily.TIMESTAMP] = timestamp;
        offsets[base + ParsedFamily.END] = sampleEnd;
        offsets[base + ParsedFamily.EXEMPLAR] = exemplar;
        offsets[base + ParsedFamily.SPECIAL] = special;
    }

    private int tokenEnd(int from) {
        int i = from;
        while (i < end && !isBlank(text[i])) i++;
        return i;
    }

    private int skipBlanks(int from) {
        int i = from;
        while (i < end && isBlank(text[i])) i++;
        return i;
    }

    static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }
}
