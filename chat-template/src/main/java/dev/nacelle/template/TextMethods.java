package dev.nacelle.template;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The methods of {@code str}. */
final class TextMethods {
    /** A method of text; null for what was not passed. */
    @FunctionalInterface
    private interface OfText {
        Object call(Run run, String text, @Nullable Object[] passed);
    }

    private static final Map<String, Method.Body> ALL = all();

    private TextMethods() {}

    static Method.@Nullable Body find(String name) {
        return ALL.get(name);
    }

    private static Map<String, Method.Body> all() {
        Map<String, Method.Body> all = new HashMap<>();
        strips(all);
        splits(all);
        searches(all);
        cases(all);
        pads(all);
        classes(all);
        add(
                all,
                Parameters.positional("replace", 2, 3),
                (run, text, passed) -> PythonText.replace(
                        run,
                        text,
                        text("replace() argument 1", passed[0]),
                        text("replace() argument 2", passed[1]),
                        number(passed[2], -1)),
                "replace");
        add(
                all,
                Parameters.positional("join", 1, 1),
                (run, text, passed) -> join(run, text, Containers.iterate(given(passed[0]))),
                "join");
        all.put("format", (run, owner, arguments) -> StrFormat.format(run, (String) owner, arguments, false));
        all.put("format_map", (run, owner, arguments) -> StrFormat.formatMap(run, (String) owner, arguments, false));
        for (String name : List.of("encode", "translate", "maketrans")) {
            all.put(name, (_, _, _) -> {
                throw Fault.error("the method '%s' of text is not supported".formatted(name));
            });
        }
        return Map.copyOf(all);
    }

    private static void add(Map<String, Method.Body> all, Parameters parameters, OfText method, String name) {
        all.put(name, (run, owner, arguments) -> method.call(run, (String) owner, parameters.bind(arguments)));
    }

    private static void add(Map<String, Method.Body> all, String name, UnaryOperator<String> method) {
        add(all, Parameters.positional(name, 0, 0), (run, text, _) -> run.made(method.apply(text)), name);
    }

    static Object given(@Nullable Object passed) {
        return java.util.Objects.requireNonNull(passed);
    }

    private static String text(String what, @Nullable Object passed) {
        return Types.text(what, given(passed));
    }

    private static long number(@Nullable Object passed, long fallback) {
        return passed == null ? fallback : PythonNumber.index(passed);
    }

    private static void strips(Map<String, Method.Body> all) {
        add(
                all,
                Parameters.positional("strip", 0, 1),
                (run, text, passed) -> strip(run, text, passed[0], true, true),
                "strip");
        add(
                all,
                Parameters.positional("lstrip", 0, 1),
                (run, text, passed) -> strip(run, text, passed[0], true, false),
                "lstrip");
        add(
                all,
                Parameters.positional("rstrip", 0, 1),
                (run, text, passed) -> strip(run, text, passed[0], false, true),
                "rstrip");
        add(
                all,
                Parameters.positional("removeprefix", 1, 1),
                (_, text, passed) -> {
                    String prefix = text("removeprefix() argument", passed[0]);
                    return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
                },
                "removeprefix");
        add(
                all,
                Parameters.positional("removesuffix", 1, 1),
                (_, text, passed) -> {
                    String suffix = text("removesuffix() argument", passed[0]);
                    return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
                },
                "removesuffix");
    }

    static String strip(Run run, String text, @Nullable Object characters, boolean left, boolean right) {
        String stripped;
        if (characters == null || characters == None.NONE) stripped = PythonText.strip(text, left, right);
        else stripped = PythonText.strip(text, Types.text("strip arg", characters), left, right);
        return run.made(stripped);
    }

    private static void splits(Map<String, Method.Body> all) {
        add(
                all,
                Parameters.named("split", 0, "sep", "maxsplit"),
                (run, text, passed) -> run.made(Splitting.split(run, text, passed[0], number(passed[1], -1))),
                "split");
        add(
                all,
                Parameters.named("rsplit", 0, "sep", "maxsplit"),
                (run, text, passed) -> run.made(Splitting.rsplit(run, text, passed[0], number(passed[1], -1))),
                "rsplit");
        add(
                all,
                Parameters.named("splitlines", 0, "keepends"),
                (run, text, passed) -> run.made(PythonText.lines(text, passed[0] != null && Types.truth(passed[0]))),
                "splitlines");
        add(
                all,
                Parameters.positional("partition", 1, 1),
                (_, text, passed) -> {
                    String separator = Splitting.separator(given(passed[0]));
                    int at = text.indexOf(separator);
                    return at < 0
                            ? Tuple.of(text, "", "")
                            : Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
                },
                "partition");
        add(
                all,
                Parameters.positional("rpartition", 1, 1),
                (_, text, passed) -> {
                    String separator = Splitting.separator(given(passed[0]));
                    int at = text.lastIndexOf(separator);
                    return at < 0
                            ? Tuple.of("", "", text)
                            : Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
                },
                "rpartition");
    }

    static String join(Run run, String separator, Iterator<Object> items) {
        var out = new StringBuilder();
        for (int i = 0; items.hasNext(); i++) {
            Object item = items.next();
            if (!Types.isText(item)) {
                throw Fault.error("sequence item %d: expected str instance, %s found".formatted(i, Types.name(item)));
            }
            if (i > 0) out.append(separator);
            out.append(Types.text(item));
            run.checkText(out.length());
        }
        return run.made(out.toString());
    }

    private static void searches(Map<String, Method.Body> all) {
        add(
                all,
                Parameters.positional("startswith", 1, 3),
                (_, text, passed) -> Searching.ends("startswith", text, passed, true),
                "startswith");
        add(
                all,
                Parameters.positional("endswith", 1, 3),
                (_, text, passed) -> Searching.ends("endswith", text, passed, false),
                "endswith");
        add(all, Parameters.positional("find", 1, 3), (_, text, passed) -> Searching.find(text, passed, false), "find");
        add(
                all,
                Parameters.positional("rfind", 1, 3),
                (_, text, passed) -> Searching.find(text, passed, true),
                "rfind");
        add(
                all,
                Parameters.positional("index", 1, 3),
                (_, text, passed) -> Searching.index(text, passed, false),
                "index");
        add(
                all,
                Parameters.positional("rindex", 1, 3),
                (_, text, passed) -> Searching.index(text, passed, true),
                "rindex");
        add(all, Parameters.positional("count", 1, 3), (_, text, passed) -> Searching.count(text, passed), "count");
    }

    private static void cases(Map<String, Method.Body> all) {
        add(all, "upper", text -> text.toUpperCase(Locale.ROOT));
        add(all, "lower", text -> text.toLowerCase(Locale.ROOT));
        add(all, "casefold", text -> text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT));
        add(all, "capitalize", TextMethods::capitalize);
        add(all, "title", TextMethods::title);
        add(all, "swapcase", text -> {
            var out = new StringBuilder();
            text.codePoints().forEach(c -> {
                String one = Character.toString(c);
                out.append(
                        Character.isUpperCase(c) || Character.isTitleCase(c)
                                ? one.toLowerCase(Locale.ROOT)
                                : one.toUpperCase(Locale.ROOT));
            });
            return out.toString();
        });
    }

    static String capitalize(String text) {
        if (text.isEmpty()) return text;
        int first = text.codePointAt(0);
        int end = Character.charCount(first);
        return titled(first) + text.substring(end).toLowerCase(Locale.ROOT);
    }

    /** The letter as a word begins with it; where Java knows only one letter for it, its capital may be several. */
    private static String titled(int letter) {
        int title = Character.toTitleCase(letter);
        if (title != letter) return Character.toString(title);
        String upper = Character.toString(letter).toUpperCase(Locale.ROOT);
        return upper.length() > Character.charCount(letter) ? capitalize(upper) : upper;
    }

    private static String title(String text) {
        var out = new StringBuilder();
        boolean inWord = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            boolean cased = Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
            out.append(
                    inWord
                            ? Character.toString(c).toLowerCase(Locale.ROOT)
                            : cased ? titled(c) : Character.toString(c));
            inWord = cased;
        }
        return out.toString();
    }

    private static void pads(Map<String, Method.Body> all) {
        add(all, Parameters.positional("center", 1, 2), (run, text, passed) -> pad(run, text, passed, 0), "center");
        add(all, Parameters.positional("ljust", 1, 2), (run, text, passed) -> pad(run, text, passed, -1), "ljust");
        add(all, Parameters.positional("rjust", 1, 2), (run, text, passed) -> pad(run, text, passed, 1), "rjust");
        add(
                all,
                Parameters.positional("zfill", 1, 1),
                (run, text, passed) -> {
                    long missing = number(passed[0], 0) - PythonText.length(text);
                    if (missing <= 0) return text;
                    run.willMakeText(missing + text.length());
                    int sign = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
                    return text.substring(0, sign) + "0".repeat((int) missing) + text.substring(sign);
                },
                "zfill");
        add(
                all,
                Parameters.named("expandtabs", 0, "tabsize"),
                (run, text, passed) -> expandTabs(run, text, number(passed[0], 8)),
                "expandtabs");
    }

    private static Object pad(Run run, String text, @Nullable Object[] passed, int side) {
        return pad(
                run,
                text,
                number(passed[0], 0),
                passed[1] == null ? " " : Types.text("The fill character", passed[1]),
                side);
    }

    static String pad(Run run, String text, long width, String fill, int side) {
        if (PythonText.length(fill) != 1) throw Fault.error("The fill character must be exactly one character long");
        long missing = width - PythonText.length(text);
        if (missing <= 0) return text;
        run.willMakeText(missing * fill.length() + text.length());
        long left = side > 0 ? missing : side < 0 ? 0 : missing / 2 + (missing & width & 1);
        return fill.repeat((int) left) + text + fill.repeat((int) (missing - left));
    }

    private static Object expandTabs(Run run, String text, long size) {
        var out = new StringBuilder();
        long column = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t') {
                long spaces = size > 0 ? size - column % size : 0;
                run.checkText(out.length() + spaces);
                out.append(" ".repeat((int) spaces));
                column += spaces;
            } else {
                out.append(c);
                if (!Character.isLowSurrogate(c)) column++;
                if (c == '\n' || c == '\r') column = 0;
            }
        }
        return run.made(out.toString());
    }

    private static void classes(Map<String, Method.Body> all) {
        every(all, "isspace", PythonText::isSpace, false);
        every(all, "isascii", c -> c < 0x80, true);
        every(all, "isprintable", Printer::isPrintable, true);
        every(all, "isalpha", Character::isLetter, false);
        every(all, "isdecimal", c -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER, false);
        every(all, "isdigit", TextMethods::isDigit, false);
        every(all, "isnumeric", TextMethods::isNumeric, false);
        every(all, "isalnum", c -> Character.isLetter(c) || isDigit(c) || isNumeric(c), false);
        add(all, Parameters.positional("islower", 0, 0), (_, text, _) -> isLower(text), "islower");
        add(all, Parameters.positional("isupper", 0, 0), (_, text, _) -> isUpper(text), "isupper");
        add(
                all,
                Parameters.positional("istitle", 0, 0),
                (_, text, _) -> text.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c))
                        && title(text).equals(text),
                "istitle");
        add(
                all,
                Parameters.positional("isidentifier", 0, 0),
                (_, text, _) -> !text.isEmpty()
                        && (text.startsWith("_") || Character.isUnicodeIdentifierStart(text.codePointAt(0)))
                        && text.codePoints().allMatch(Character::isUnicodeIdentifierPart),
                "isidentifier");
    }

    private static void every(Map<String, Method.Body> all, String name, IntPredicate property, boolean whenEmpty) {
        add(
                all,
                Parameters.positional(name, 0, 0),
                (_, text, _) -> text.isEmpty() ? whenEmpty : text.codePoints().allMatch(property),
                name);
    }

    private static boolean isDigit(int c) {
        return Character.isDigit(c)
                || c == 0xb2
                || c == 0xb3
                || c == 0xb9
                || (c >= 0x2070 && c <= 0x2089 && c != 0x2071);
    }

    private static boolean isNumeric(int c) {
        return switch (Character.getType(c)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> false;
        };
    }

    static boolean isLower(String text) {
        return text.codePoints().anyMatch(Character::isLowerCase)
                && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    static boolean isUpper(String text) {
        return text.codePoints().anyMatch(Character::isUpperCase)
                && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }
}
