package dev.nacelle.runtime.exposition;

import java.nio.charset.StandardCharsets;

/** Walks over the labels of a line that {@link SampleScanner} has found good. */
final class LabelCursor {
    private final byte[] text;
    private int at;
    private boolean quotedName;
    private int nameFrom;
    private int nameTo;
    private int valueFrom;
    private int valueTo;

    private LabelCursor(byte[] text, int at) {
        this.text = text;
        this.at = at;
    }

    /** Over the labels of a sample. */
    static LabelCursor ofSample(ParsedFamily family, int sample) {
        int start = family.offset(sample, ParsedFamily.START);
        int end = family.offset(sample, ParsedFamily.LABELS_END);
        LabelCursor cursor = new LabelCursor(family.text(), start);
        cursor.skipName(end);
        return cursor;
    }

    /** Over the labels of an exemplar, from its opening brace. */
    static LabelCursor ofExemplar(byte[] text, int brace) {
        return new LabelCursor(text, brace + 1);
    }

    private void skipName(int end) {
        if (text[at] == '{') {
            at = skip(at + 1);
            int close = closingQuote(at + 1);
            at = skip(close + 1);
            if (text[at] == ',') at++;
            return;
        }
        int to = at;
        while (to < end && Names.isNamePart(text[to], true)) to++;
        int brace = to;
        while (brace < end && text[brace] != '{') brace++;
        at = brace < end ? brace + 1 : -1;
    }

    boolean next() {
        if (at < 0) return false;
        at = skip(at);
        if (text[at] == ',') at = skip(at + 1);
        if (text[at] == '}') {
            at++;
            return false;
        }
        quotedName = text[at] == '"';
        if (quotedName) {
            nameFrom = at + 1;
            nameTo = closingQuote(nameFrom);
            at = nameTo + 1;
        } else {
            nameFrom = at;
            while (Names.isNamePart(text[at], false)) at++;
            nameTo = at;
        }
        at = skip(skip(at) + 1);
        valueFrom = at + 1;
        valueTo = closingQuote(valueFrom);
        at = valueTo + 1;
        return true;
    }

    /** After the last label: where the closing brace ends. */
    int end() {
        return at;
    }

    String name() {
        return quotedName
                ? unescaped(nameFrom, nameTo)
                : new String(text, nameFrom, nameTo - nameFrom, StandardCharsets.ISO_8859_1);
    }

    boolean isNamed(String name) {
        if (quotedName) return name().equals(name);
        if (nameTo - nameFrom != name.length()) return false;
        for (int i = 0; i < name.length(); i++) if (text[nameFrom + i] != name.charAt(i)) return false;
        return true;
    }

    String value() {
        return unescaped(valueFrom, valueTo);
    }

    private int skip(int from) {
        int i = from;
        while (SampleScanner.isBlank(text[i])) i++;
        return i;
    }

    private int closingQuote(int from) {
        int i = from;
        while (text[i] != '"') {
            if (text[i] == '\\') {
                byte next = text[i + 1];
                if (next == '\\' || next == '"' || next == 'n') i++;
            }
            i++;
        }
        return i;
    }

    private String unescaped(int from, int to) {
        String raw = new String(text, from, to - from, StandardCharsets.UTF_8);
        if (raw.indexOf('\\') < 0) return raw;
        StringBuilder plain = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            char next = c == '\\' && i + 1 < raw.length() ? raw.charAt(i + 1) : 0;
            if (next == '\\' || next == '"' || next == 'n') {
                plain.append(next == 'n' ? '\n' : next);
                i++;
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
