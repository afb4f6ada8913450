package dev.nacelle.frontend.parser;

/** Reads the inside of a JSON string that comes character by character, its opening quote already read. */
final class JsonString {
    private boolean escaped;
    private int digits; // of \\uXXXX still to come
    private int unicode;

    /**
     * Takes the next character; what it completes is appended.
     *
     * @return true for the closing quote
     */
    boolean accept(char c, StringBuilder out) {
        if (digits > 0) {
            int digit = Character.digit(c, 16);
            unicode = unicode << 4 | Math.max(digit, 0);
            if (--digits == 0) out.append((char) unicode);
        } else if (escaped) {
            escaped = false;
            switch (c) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'u' -> {
                    digits = 4;
                    unicode = 0;
                }
                default -> out.append(c);
            }
        } else if (c == '\\') {
            escaped = true;
        } else if (c == '"') {
            return true;
        } else {
            out.append(c);
        }
        return false;
    }
}
