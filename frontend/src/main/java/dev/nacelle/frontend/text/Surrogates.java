package dev.nacelle.frontend.text;

/** Java strings that are no Unicode text: those with a surrogate that has no partner. */
public final class Surrogates {
    private Surrogates() {}

    /** True where some surrogate has no partner: what a lone {@code \ud83d} in JSON becomes. */
    public static boolean isUnpaired(CharSequence text) {
        for (int i = 0; i < text.length(); i++) if (isUnpaired(text, i)) return true;
        return false;
    }

    /** {@code text} with each unpaired surrogate replaced by U+FFFD; the same object where there is none. */
    static String paired(String text) {
        if (!isUnpaired(text)) return text;
        var out = new StringBuilder(text);
        for (int i = 0; i < out.length(); i++) if (isUnpaired(text, i)) out.setCharAt(i, Utf8Stream.REPLACEMENT);
        return out.toString();
    }

    private static boolean isUnpaired(CharSequence text, int i) {
        char c = text.charAt(i);
        if (!Character.isSurrogate(c)) return false;
        return Character.isHighSurrogate(c)
                ? i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))
                : i == 0 || !Character.isHighSurrogate(text.charAt(i - 1));
    }
}
