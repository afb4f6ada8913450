package dev.nacelle.runtime.exposition;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads text 0.0.4 and OpenMetrics 1.0, and whatever is near them: with or without HELP, TYPE and UNIT, families in
 * pieces or mixed with each other, CRLF, tabs, a byte order mark, no newline at the end.
 *
 * <p>A line that cannot be read costs the family that it belongs to; the rest of the text is taken. One object reads
 * one text, in a time that grows with its length only.
 */
final class ExpositionParser {
    /** Complaints kept with their line; the others are only counted. */
    static final int MOST_COMPLAINTS = 100;

    private static final byte[] NO_LABEL = {};
    private static final byte[] LE = {'l', 'e'};
    private static final byte[] QUANTILE = "quantile".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END_OF_OPENMETRICS = "# EOF".getBytes(StandardCharsets.US_ASCII);

    private final byte[] text;
    private final SourceSpec spec;
    private final boolean openMetrics;
    private final SampleScanner scanner;
    private final Families families;
    private final int mostComplaints;
    private final List<Complaint> complaints = new ArrayList<>();
    private int line;
    private int samples;
    private int duplicates;
    private int nobodysBadLines;
    private int typeConflicts;
    private boolean sawEnd;
    private SampleNames.@Nullable Entry last;
    /** Whose text is being read, to be blamed for a line that names nobody. */
    private @Nullable FamilyBuilder current;

    private ExpositionParser(byte[] text, SourceSpec spec, boolean openMetrics, Families families, int mostComplaints) {
        this.mostComplaints = mostComplaints;
        this.text = text;
        this.spec = spec;
        this.openMetrics = openMetrics;
        this.families = families;
        this.scanner = new SampleScanner(text, openMetrics);
    }

    /**
     * Reads a text.
     *
     * @throws TooLarge when it is over a limit of its source
     * @throws BadLine when it is cut off: OpenMetrics without {@code # EOF}
     */
    static ParsedPage parse(byte[] text, SourceSpec spec) throws TooLarge, BadLine {
        return parse(text, spec, MOST_COMPLAINTS);
    }

    /** The same, with another bound on the complaints that are kept. */
    static ParsedPage parse(byte[] text, SourceSpec spec, int mostComplaints) throws TooLarge, BadLine {
        if (text.length > spec.limits().bytes())
            throw TooLarge.bytes(text.length, spec.limits().bytes());
        boolean openMetrics = isOpenMetrics(text, spec.format());
        Families families = new Families(text, spec, openMetrics);
        ParsedPage page = new ExpositionParser(text, spec, openMetrics, families, mostComplaints).read(false);
        if (!families.lateType()) return page;
        // A TYPE stands after samples of its family: read the types first, then everything again.
        families = new Families(text, spec, openMetrics);
        new ExpositionParser(text, spec, openMetrics, families, mostComplaints).read(true);
        families.keepTypesOnly();
        return new ExpositionParser(text, spec, openMetrics, families, mostComplaints).read(false);
    }

    static boolean isOpenMetrics(byte[] text, SourceSpec.InputFormat format) {
        return switch (format) {
            case AUTO -> endsInEof(text);
            case OPENMETRICS -> true;
            case TEXT -> false;
        };
    }

    private static boolean endsInEof(byte[] text) {
        int to = text.length;
        while (to > 0 && text[to - 1] <= ' ' && text[to - 1] >= 0) to--;
        int from = to - END_OF_OPENMETRICS.length;
        return from >= 0
                && Arrays.equals(text, from, to, END_OF_OPENMETRICS, 0, END_OF_OPENMETRICS.length)
                && (from == 0 || text[from - 1] == '\n');
    }

    private ParsedPage read(boolean typesOnly) throws TooLarge, BadLine {
        int at = text.length >= 3 && text[0] == (byte) 0xEF && text[1] == (byte) 0xBB && text[2] == (byte) 0xBF ? 3 : 0;
        while (at < text.length) {
            int newline = at;
            while (newline < text.length && text[newline] != '\n') newline++;
            line++;
            int from = at;
            int to = newline;
            at = newline + 1;
            while (to > from && isBlankOrReturn(text[to - 1])) to--;
            while (from < to && SampleScanner.isBlank(text[from])) from++;
            if (from == to) continue;
            if (text[from] == '#') readComment(from, to, typesOnly);
            else if (!typesOnly) readSample(from, to);
        }
        if (openMetrics && !sawEnd) throw new BadLine("the text is cut off: no '# EOF' at its end");
        return page();
    }

    private ParsedPage page() {
        List<ParsedFamily> parsed = new ArrayList<>();
        int invalid = nobodysBadLines > 0 ? 1 : 0;
        int series = 0;
        families.joinCreatedTimes();
        for (FamilyBuilder family : families.all()) {
            if (family.isInvalid()) {
                invalid++;
            } else if (family.isTaken() && family.size() > 0) {
                parsed.add(families.build(family));
                series += family.size();
            }
        }
        return new ParsedPage(parsed, series, complaints, duplicates, invalid, typeConflicts);
    }

    private void readComment(int from, int to, boolean typesOnly) throws TooLarge {
        int word = from + 1;
        while (word < to && SampleScanner.isBlank(text[word])) word++;
        int wordEnd = wordEnd(word, to);
        String keyword = wordEnd - word <= 4 ? ascii(word, wordEnd) : "";
        switch (keyword) {
            case "HELP", "TYPE", "UNIT" -> readMetadata(keyword, wordEnd, to, typesOnly);
            case "EOF" -> sawEnd = true;
            default -> {
                if (!typesOnly) readFreeComment(from, to);
            }
        }
    }

    private void readFreeComment(int from, int to) {
        // Readers differ in what they skip before the word: take whatever is no part of one.
        int word = from;
        while (word < to && !Names.isNamePart(text[word], true)) word++;
        int end = word;
        while (end < to && Names.isNamePart(text[end], true)) end++;
        switch (end - word == 4 ? ascii(word, end) : "") {
            case "HELP", "TYPE", "UNIT" ->
                complain(Complaint.Kind.NOTE, "a comment that some readers take for a declaration is left out");
            default -> families.comment(new String(text, from, to - from, StandardCharsets.UTF_8));
        }
    }

    private void readMetadata(String keyword, int from, int to, boolean typesOnly) throws TooLarge {
        int at = from;
        while (at < to && SampleScanner.isBlank(text[at])) at++;
        int nameEnd = wordEnd(at, to);
        String name;
        if (at < to && text[at] == '"') {
            nameEnd = at + 1;
            while (nameEnd < to && text[nameEnd] != '"') nameEnd += text[nameEnd] == '\\' ? 2 : 1;
            name = nameEnd < to
                    ? unescape(new String(text, at + 1, nameEnd - at - 1, StandardCharsets.UTF_8), true)
                    : "";
            nameEnd++;
        } else {
            name = ascii(at, nameEnd);
            if (!Names.isLegacyMetric(name)) name = "";
        }
        if (name.isEmpty()) {
            complain(Complaint.Kind.NOTE, "a %s line without a metric's name is left out".formatted(keyword));
            return;
        }
        at = Math.min(nameEnd, to);
        while (at < to && SampleScanner.isBlank(text[at])) at++;
        String rest = new String(text, at, to - at, StandardCharsets.UTF_8);
        switch (keyword) {
            case "HELP" -> families.help(name, unescape(rest, openMetrics));
            case "UNIT" -> families.unit(name, rest);
            default -> readType(name, rest, typesOnly);
        }
    }

    private void readType(String name, String word, boolean typesOnly) throws TooLarge {
        last = null;
        switch (families.declare(name, word)) {
            case Families.Declared.As as -> current = as.family();
            case Families.Declared.Conflict conflict -> {
                current = conflict.swallowing();
                if (!typesOnly) typeConflicts++;
                complain(
                        Complaint.Kind.TYPE_CONFLICT,
                        "family '%s' has type %s, and what follows as %s is left out"
                                .formatted(name, conflict.type(), word));
            }
            case Families.Declared.NoType _ -> {
                current = families.invalid(name);
                complain(
                        Complaint.Kind.INVALID_FAMILY,
                        "type '%s' of family '%s', expected counter, gauge, histogram, gaugehistogram, summary, info, stateset, unknown or untyped"
                                .formatted(shortened(word), name));
            }
        }
    }

    private void readSample(int from, int to) throws TooLarge {
        SampleNames.Entry entry = null;
        try {
            scanner.readName(from, to);
            entry = entry();
            FamilyBuilder family = entry.family();
            current = family;
            if (!family.isTaken() || family.isInvalid()) return;
            if (++samples > spec.limits().series()) throw overSeries(to);
            scanner.readRest(special(family, entry.role()));
            if (scanner.longestLabel() > spec.limits().labelBytes())
                throw TooLarge.label(line, scanner.longestLabel(), spec.limits().labelBytes());
            if (!families.suits(entry, scanner))
                throw new BadLine("such a sample does not belong to a %s"
                        .formatted(family.type().word(Dialect.Format.OPENMETRICS)));
            if (!family.add(scanner, entry.role())) {
                duplicates++;
                complain(Complaint.Kind.DUPLICATE, "the same series stood there before; the first is kept");
            }
        } catch (BadLine e) {
            FamilyBuilder blamed = entry == null ? current : entry.family();
            if (blamed == null) nobodysBadLines++;
            else if (blamed.isTaken()) blamed.invalidate();
            String family = blamed == null ? "" : " (family '%s' is left out)".formatted(blamed.name());
            complain(
                    Complaint.Kind.INVALID_FAMILY,
                    "%s: %s%s"
                            .formatted(
                                    e.reason(),
                                    shortened(new String(text, from, Math.min(to - from, 200), StandardCharsets.UTF_8)),
                                    family));
        }
    }

    private SampleNames.Entry entry() throws BadLine, TooLarge {
        byte[] name = scanner.name();
        int from = scanner.nameFrom();
        int to = scanner.nameTo();
        SampleNames.Entry before = last;
        if (before != null && Arrays.equals(before.name(), 0, before.name().length, name, from, to)) return before;
        SampleNames.Entry found = families.names().find(name, from, to, Keys.of(name, from, to));
        if (found == null) found = families.undeclared(scanner.nameText());
        last = found;
        return found;
    }

    private static byte[] special(FamilyBuilder family, Role role) {
        return switch (role) {
            case BUCKET -> LE;
            case VALUE ->
                switch (family.type()) {
                    case SUMMARY -> QUANTILE;
                    case STATE_SET -> family.name().getBytes(StandardCharsets.UTF_8);
                    default -> NO_LABEL;
                };
            case TOTAL, CREATED, COUNT, SUM, GCOUNT, GSUM, INFO -> NO_LABEL;
        };
    }

    /** Counts the lines that are left, so that the message says how many series there are. */
    private TooLarge overSeries(int from) {
        int count = samples;
        for (int i = from; i + 1 < text.length; i++)
            if (text[i] == '\n' && text[i + 1] != '#' && text[i + 1] != '\n' && text[i + 1] != '\r') count++;
        return TooLarge.series(count, spec.limits().series());
    }

    private void complain(Complaint.Kind kind, String message) {
        if (complaints.size() < mostComplaints) complaints.add(new Complaint(line, kind, message));
    }

    static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    private String ascii(int from, int to) {
        return new String(text, from, to - from, StandardCharsets.UTF_8);
    }

    private int wordEnd(int from, int to) {
        int i = from;
        while (i < to && !SampleScanner.isBlank(text[i])) i++;
        return i;
    }

    private static boolean isBlankOrReturn(byte c) {
        return c == ' ' || c == '\t' || c == '\r';
    }

    /** A help text or a quoted name as it is meant. */
    private static String unescape(String text, boolean quotes) {
        if (text.indexOf('\\') < 0) return text;
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            char next = c == '\\' && i + 1 < text.length() ? text.charAt(i + 1) : 0;
            if (next == '\\' || next == 'n' || (quotes && next == '"')) {
                plain.append(next == 'n' ? '\n' : next);
                i++;
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
