package dev.nacelle.frontend.parser;

import java.util.Optional;

/**
 * One call in Python's words, {@code weather(city='Bath', days=[1, 2])}, with literals for arguments.
 *
 * @param name dots included
 * @param arguments as JSON
 */
record PythonCall(String name, String arguments) {
    private static final int DEPTH_MAX = 64;

    /** The call that {@code text} is; empty where it is none of that kind. */
    static Optional<PythonCall> of(String text) {
        return new Reader(text).call();
    }

    private static final class Reader {
        private final String text;
        private final StringBuilder json = new StringBuilder();
        private int at;

        Reader(String text) {
            this.text = text;
        }

        Optional<PythonCall> call() {
            var name = name();
            if (name.isEmpty() || !takes('(')) return Optional.empty();
            json.append('{');
            boolean first = true;
            while (!takes(')')) {
                if (!first && !takes(',')) return Optional.empty();
                if (takes(')')) break; // behind a last comma
                if (!first) json.append(", ");
                first = false;
                var key = name();
                if (key.isEmpty() || !takes('=')) return Optional.empty();
                quote(key);
                json.append(": ");
                if (!value(0)) return Optional.empty();
            }
            skipSpace();
            return at == text.length()
                    ? Optional.of(new PythonCall(name, json.append('}').toString()))
                    : Optional.empty();
        }

        private String name() {
            skipSpace();
            int from = at;
            while (at < text.length()
                    && (Character.isLetterOrDigit(text.charAt(at)) || "_.-".indexOf(text.charAt(at)) >= 0)) at++;
            return text.substring(from, at);
        }

        private boolean value(int depth) {
            if (depth > DEPTH_MAX) return false;
            skipSpace();
            if (at == text.length()) return false;
            char c = text.charAt(at);
            return switch (c) {
                case '\'', '"' -> string();
                case '[' -> items('[', ']', depth);
                case '(' -> items('(', ')', depth);
                case '{' -> dict(depth);
                default -> word();
            };
        }

        private boolean items(char open, char close, int depth) {
            takes(open);
            json.append('[');
            boolean first = true;
            while (!takes(close)) {
                if (!first && !takes(',')) return false;
                if (takes(close)) break;
                if (!first) json.append(", ");
                first = false;
                if (!value(depth + 1)) return false;
            }
            json.append(']');
            return true;
        }

        private boolean dict(int depth) {
            takes('{');
            json.append('{');
            boolean first = true;
            while (!takes('}')) {
                if (!first && !takes(',')) return false;
                if (takes('}')) break;
                if (!first) json.append(", ");
                first = false;
                skipSpace();
                if (at == text.length() || "'\"".indexOf(text.charAt(at)) < 0 || !string() || !takes(':')) return false;
                json.append(": ");
                if (!value(depth + 1)) return false;
            }
            json.append('}');
            return true;
        }

        private boolean string() {
            char quote = text.charAt(at++);
            var value = new StringBuilder();
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c == quote) {
                    quote(value);
                    return true;
                }
                if (c != '\\') value.append(c);
                else if (!escape(value)) return false;
            }
            return false;
        }

        private boolean escape(StringBuilder value) {
            if (at == text.length()) return false;
            char c = text.charAt(at++);
            switch (c) {
                case 'n' -> value.append('\n');
                case 't' -> value.append('\t');
                case 'r' -> value.append('\r');
                case '\n' -> {} // a line goes on
                case '\\', '\'', '"' -> value.append(c);
                case 'x' -> {
                    return code(2, value);
                }
                case 'u' -> {
                    return code(4, value);
                }
                default -> value.append('\\').append(c);
            }
            return true;
        }

        private boolean code(int digits, StringBuilder value) {
            if (at + digits > text.length()) return false;
            int code = 0;
            for (int end = at + digits; at < end; at++) {
                int digit = Character.digit(text.charAt(at), 16);
                if (digit < 0) return false;
                code = code << 4 | digit;
            }
            value.append((char) code);
            return true;
        }

        /** True, False, None or a number. */
        private boolean word() {
            int from = at;
            while (at < text.length()
                    && (Character.isLetterOrDigit(text.charAt(at)) || "+-._".indexOf(text.charAt(at)) >= 0)) at++;
            var word = text.substring(from, at);
            switch (word) {
                case "True", "true" -> json.append("true");
                case "False", "false" -> json.append("false");
                case "None", "null" -> json.append("null");
                default -> {
                    var number = word.replace("_", "");
                    if (!number.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?")) return false;
                    json.append(number);
                }
            }
            return true;
        }

        private void quote(CharSequence value) {
            json.append('"');
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c == '"' || c == '\\') json.append('\\').append(c);
                else if (c == '\n') json.append("\\n");
                else if (c == '\t') json.append("\\t");
                else if (c == '\r') json.append("\\r");
                else if (c < 0x20) json.append("\\u%04x".formatted((int) c));
                else json.append(c);
            }
            json.append('"');
        }

        private boolean takes(char expected) {
            skipSpace();
            if (at == text.length() || text.charAt(at) != expected) return false;
            at++;
            return true;
        }

        private void skipSpace() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
        }
    }
}
