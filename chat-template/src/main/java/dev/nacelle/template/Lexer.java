package dev.nacelle.template;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Cuts a template into tokens, with {@code trim_blocks} and {@code lstrip_blocks} on and {@code keep_trailing_newline} off. */
final class Lexer {
    private static final String[] OPERATORS = {
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=",
        ".", ":", "|", ",", ";"
    };

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    /** Whether what was read last ended a line; only then may indentation before a block be dropped. */
    private boolean lineStarting = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String template) {
        String source = withUnixNewlines(template);
        if (source.endsWith("\n")) source = source.substring(0, source.length() - 1);
        var lexer = new Lexer(source);
        lexer.root();
        lexer.add(Token.Kind.END, "");
        return List.copyOf(lexer.tokens);
    }

    static String withUnixNewlines(String text) {
        return text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n").replace('\r', '\n');
    }

    private void root() {
        while (position < source.length()) {
            int begin = nextTag(position);
            if (begin < 0) {
                data(source.substring(position));
                position = source.length();
                return;
            }
            char kind = source.charAt(begin + 1);
            int after = begin + 2;
            char sign = signAt(after);
            if (sign != ' ') after++;
            String text = source.substring(position, begin);
            int rawBody = kind == '%' ? rawBody(after) : -1;
            text(text, sign, kind != '{');
            int tagLine = line;
            if (rawBody >= 0) {
                skipTo(begin, rawBody);
                raw(tagLine);
            } else {
                position = after;
                lineStarting = false;
                switch (kind) {
                    case '#' -> comment(tagLine);
                    case '%' -> {
                        add(Token.Kind.BLOCK_BEGIN, "{%");
                        inside(Token.Kind.BLOCK_END, tagLine);
                    }
                    default -> {
                        add(Token.Kind.VARIABLE_BEGIN, "{{");
                        inside(Token.Kind.VARIABLE_END, tagLine);
                    }
                }
            }
        }
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            char next = source.charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') return i;
        }
        return -1;
    }

    private char signAt(int at) {
        if (at >= source.length()) return ' ';
        char c = source.charAt(at);
        return c == '-' || c == '+' ? c : ' ';
    }

    /** Emits the text before a tag, less what the tag's sign or {@code lstrip_blocks} takes from its end. */
    private void text(String text, char sign, boolean isBlock) {
        String kept = text;
        if (sign == '-') {
            kept = PythonText.strip(text, false, true);
        } else if (sign != '+' && isBlock) {
            int lineStart = text.lastIndexOf('\n') + 1;
            if ((lineStart > 0 || lineStarting) && PythonText.isSpace(text.substring(lineStart))) {
                kept = text.substring(0, lineStart);
            }
        }
        data(kept);
        // The lines of the dropped end count too; a tag reports the line where it stands.
        countLines(text.substring(kept.length()));
    }

    private void data(String text) {
        if (!text.isEmpty()) add(Token.Kind.DATA, text);
        countLines(text);
    }

    /** Where the body of a raw block begins, when one begins here; else -1. */
    private int rawBody(int afterSign) {
        int at = skipSpace(afterSign);
        if (!source.startsWith("raw", at)) return -1;
        at = skipSpace(at + 3);
        if (source.startsWith("-%}", at)) return skipSpace(at + 3);
        return source.startsWith("%}", at) ? at + 2 : -1;
    }

    private void raw(int beginLine) {
        for (int begin = source.indexOf("{%", position); begin >= 0; begin = source.indexOf("{%", begin + 1)) {
            int at = begin + 2;
            char sign = signAt(at);
            if (sign != ' ') at++;
            at = skipSpace(at);
            if (!source.startsWith("endraw", at)) continue;
            int end = tagEnd(skipSpace(at + 6), "%}", true);
            if (end < 0) continue;
            text(source.substring(position, begin), sign, true);
            skipTo(begin, end);
            return;
        }
        // At the very end of the template jinja2 does not miss it.
        if (position < source.length()) throw Fault.syntax(beginLine, "Missing end of raw directive");
    }

    private void comment(int beginLine) {
        int close = source.indexOf("#}", position);
        if (close < 0 && position == source.length()) return;
        if (close < 0) throw Fault.syntax(beginLine, "Missing end of comment tag");
        char sign = close > position ? source.charAt(close - 1) : ' ';
        int end = tagEnd(sign == '-' || sign == '+' ? close - 1 : close, "#}", true);
        skipTo(position, end);
    }

    /** The position after a closing tag at {@code at}, with the space that it swallows; -1 when there is none. */
    private int tagEnd(int at, String close, boolean block) {
        if (block && source.startsWith("+" + close, at)) return at + 3;
        if (source.startsWith("-" + close, at)) return skipSpace(at + 3);
        if (!source.startsWith(close, at)) return -1;
        return block && at + 2 < source.length() && source.charAt(at + 2) == '\n' ? at + 3 : at + 2;
    }

    private void skipTo(int from, int to) {
        countLines(source.substring(from, to));
        lineStarting = to > 0 && source.charAt(to - 1) == '\n';
        position = to;
    }

    private void inside(Token.Kind endKind, int beginLine) {
        boolean block = endKind == Token.Kind.BLOCK_END;
        String close = block ? "%}" : "}}";
        Deque<Character> open = new ArrayDeque<>();
        while (position < source.length()) {
            if (open.isEmpty()) {
                int end = tagEnd(position, close, block);
                if (end >= 0) {
                    add(endKind, close);
                    skipTo(position, end);
                    return;
                }
            }
            int space = skipSpace(position);
            if (space > position) {
                skipTo(position, space);
                continue;
            }
            char c = source.charAt(position);
            if (isDigit(c)) number();
            else if (c == '_' || Character.isLetter(source.codePointAt(position))) name();
            else if (c == '\'' || c == '"') string(c);
            else operator(open);
        }
        lineStarting = false;
        // jinja2 goes on to the parser here, which misses the end of the tag.
        add(Token.Kind.END, "");
        line = Math.max(line, beginLine);
    }

    private void number() {
        int end = floatEnd();
        if (end >= 0) {
            String text = take(end);
            tokens.add(new Token(line, Token.Kind.FLOAT, text, Double.valueOf(text.replace("_", ""))));
            return;
        }
        char next = position + 1 < source.length() ? Character.toLowerCase(source.charAt(position + 1)) : ' ';
        int radix = source.charAt(position) != '0' ? 10 : next == 'x' ? 16 : next == 'o' ? 8 : next == 'b' ? 2 : 10;
        int digits = radix == 10 ? position : position + 2;
        end = digitsEnd(digits, radix);
        if (radix != 10 && end == digits) {
            radix = 10;
            end = position + 1;
        }
        if (radix == 10 && source.charAt(position) == '0') {
            end = position + 1;
            while (end < source.length() && (source.charAt(end) == '0' || source.startsWith("_0", end)))
                end += source.charAt(end) == '_' ? 2 : 1;
        }
        String text = take(end);
        String plain = text.replace("_", "");
        tokens.add(new Token(
                line,
                Token.Kind.INTEGER,
                text,
                PythonNumber.integer(new BigInteger(radix == 10 ? plain : plain.substring(2), radix))));
    }

    /** The end of a number with a fraction or an exponent at the position, else -1. */
    private int floatEnd() {
        if (position > 0 && source.charAt(position - 1) == '.') return -1;
        int end = digitsEnd(position, 10);
        boolean real = false;
        if (end + 1 < source.length() && source.charAt(end) == '.' && isDigit(source.charAt(end + 1))) {
            end = digitsEnd(end + 1, 10);
            real = true;
        }
        if (end < source.length() && (source.charAt(end) == 'e' || source.charAt(end) == 'E')) {
            int exponent = end + 1;
            if (exponent < source.length() && (source.charAt(exponent) == '+' || source.charAt(exponent) == '-'))
                exponent++;
            int exponentEnd = digitsEnd(exponent, 10);
            if (exponentEnd > exponent) return exponentEnd;
        }
        return real ? end : -1;
    }

    private int digitsEnd(int from, int radix) {
        int end = from;
        while (end < source.length()) {
            int at = source.charAt(end) == '_' && (end > from || radix != 10) ? end + 1 : end;
            if (at >= source.length() || source.charAt(at) > 'f' || Character.digit(source.charAt(at), radix) < 0)
                break;
            end = at + 1;
        }
        return end;
    }

    private void name() {
        int end = position;
        while (end < source.length()) {
            int c = source.codePointAt(end);
            if ((c != '_' && !Character.isUnicodeIdentifierPart(c)) || Character.isIdentifierIgnorable(c)) break;
            end += Character.charCount(c);
        }
        int from = position;
        add(Token.Kind.NAME, source.substring(from, end));
        position = end;
    }

    private void string(char quote) {
        int end = position + 1;
        while (end < source.length() && source.charAt(end) != quote) end += source.charAt(end) == '\\' ? 2 : 1;
        if (end >= source.length())
            throw Fault.syntax(
                    line, "unexpected char %s: the text is not closed".formatted(Printer.repr(String.valueOf(quote))));
        int begin = line;
        String text = source.substring(position + 1, end);
        tokens.add(new Token(begin, Token.Kind.STRING, text, Escapes.unescape(text, begin)));
        skipTo(position, end + 1);
    }

    private void operator(Deque<Character> open) {
        for (String operator : OPERATORS) {
            if (!source.startsWith(operator, position)) continue;
            char c = operator.charAt(0);
            switch (c) {
                case '(' -> open.push(')');
                case '[' -> open.push(']');
                case '{' -> open.push('}');
                case ')', ']', '}' -> {
                    if (open.isEmpty()) throw Fault.syntax(line, "unexpected '%s'".formatted(c));
                    char expected = open.pop();
                    if (expected != c)
                        throw Fault.syntax(line, "unexpected '%s', expected '%s'".formatted(c, expected));
                }
                default -> {}
            }
            add(Token.Kind.OPERATOR, operator);
            position += operator.length();
            return;
        }
        throw Fault.syntax(
                line, "unexpected char %s".formatted(Printer.repr(Character.toString(source.codePointAt(position)))));
    }

    private String take(int end) {
        String text = source.substring(position, end);
        position = end;
        return text;
    }

    private void add(Token.Kind kind, String text) {
        tokens.add(new Token(line, kind, text, text));
    }

    private int skipSpace(int from) {
        int at = from;
        while (at < source.length() && PythonText.isSpace(source.charAt(at))) at++;
        return at;
    }

    private void countLines(String text) {
        for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) line++;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
