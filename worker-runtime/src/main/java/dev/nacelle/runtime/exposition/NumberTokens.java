package dev.nacelle.runtime.exposition;

import java.nio.charset.StandardCharsets;

/** Reads the numbers of an exposition, and knows which tokens are none. */
final class NumberTokens {
    /** What {@link #timestamp} returns for a token that is none. */
    static final long NO_TIMESTAMP = Long.MIN_VALUE;

    /** Timestamps beyond this do not fit the milliseconds of text 0.0.4. */
    private static final double MOST_SECONDS = 9e14;

    private static final int MOST_SECONDS_CHARACTERS = 40;
    /** Of an exponent with its letter: {@code e-999}. */
    private static final int MOST_EXPONENT_CHARACTERS = 5;

    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };
    /** Up to this many digits fit a double's 53 bits, so that one multiplication or division rounds only once. */
    private static final long MOST_EXACT = 1L << 53;

    private NumberTokens() {}

    /** True when the token is a number that every reader of the formats takes. */
    static boolean isNumber(byte[] text, int from, int to) {
        int at = from;
        if (at < to && (text[at] == '+' || text[at] == '-')) at++;
        if (at == to) return false;
        if (!isDigit(text[at]) && text[at] != '.') return isWord(text, at, to, from < at);
        int digits = 0;
        while (at < to && isDigit(text[at])) {
            at++;
            digits++;
        }
        if (at < to && text[at] == '.') {
            at++;
            while (at < to && isDigit(text[at])) {
                at++;
                digits++;
            }
        }
        if (digits == 0) return false;
        if (at == to) return true;
        if (text[at] != 'e' && text[at] != 'E') return false;
        at++;
        if (at < to && (text[at] == '+' || text[at] == '-')) at++;
        int start = at;
        while (at < to && isDigit(text[at])) at++;
        // A finite token beyond a double's range is an error to Prometheus.
        return at == to && at > start && Double.isFinite(slow(text, from, to));
    }

    /** The value of a token that {@link #isNumber} took. */
    static double parse(byte[] text, int from, int to) {
        int at = from;
        boolean negative = text[at] == '-';
        if (negative || text[at] == '+') at++;
        long digits = 0;
        int scale = 0;
        boolean dot = false;
        for (; at < to; at++) {
            int c = text[at];
            if (isDigit(c)) {
                if (digits > MOST_EXACT / 10 - 1) return slow(text, from, to);
                digits = digits * 10 + (c - '0');
                if (dot) scale++;
            } else if (c == '.' && !dot) {
                dot = true;
            } else {
                return slow(text, from, to);
            }
        }
        if (scale >= POWERS.length) return slow(text, from, to);
        double value = scale == 0 ? digits : digits / POWERS[scale];
        return negative ? -value : value;
    }

    /**
     * True when the token is a timestamp of OpenMetrics that can be said in milliseconds. One with an exponent of many
     * digits is none: to write it out could take minutes.
     */
    static boolean isSeconds(byte[] text, int from, int to) {
        if (to - from > MOST_SECONDS_CHARACTERS || !isNumber(text, from, to)) return false;
        for (int i = from; i < to; i++) if ((text[i] | 0x20) == 'e' && to - i > MOST_EXPONENT_CHARACTERS) return false;
        return Math.abs(parse(text, from, to)) < MOST_SECONDS;
    }

    /** A timestamp of text 0.0.4, whole milliseconds; {@link #NO_TIMESTAMP} when it is none. */
    static long timestamp(byte[] text, int from, int to) {
        int at = from;
        boolean negative = at < to && text[at] == '-';
        if (at < to && (negative || text[at] == '+')) at++;
        if (at == to || to - at > 18) return NO_TIMESTAMP;
        long value = 0;
        for (; at < to; at++) {
            if (!isDigit(text[at])) return NO_TIMESTAMP;
            value = value * 10 + (text[at] - '0');
        }
        return negative ? -value : value;
    }

    private static boolean isWord(byte[] text, int from, int to, boolean signed) {
        return (!signed && is(text, from, to, "nan")) || is(text, from, to, "inf") || is(text, from, to, "infinity");
    }

    private static boolean is(byte[] text, int from, int to, String word) {
        if (to - from != word.length()) return false;
        for (int i = 0; i < word.length(); i++) if ((text[from + i] | 0x20) != word.charAt(i)) return false;
        return true;
    }

    private static double slow(byte[] text, int from, int to) {
        int last = text[to - 1] | 0x20;
        if (last == 'n') return Double.NaN;
        if (last == 'f' || last == 'y') return text[from] == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        return Double.parseDouble(new String(text, from, to - from, StandardCharsets.ISO_8859_1));
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
