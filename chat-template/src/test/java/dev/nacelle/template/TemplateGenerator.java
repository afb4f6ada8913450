package dev.nacelle.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Writes random templates, most of them valid, and random data for them. The same seed gives the same ones. */
final class TemplateGenerator {
    private static final String[] NAMES = {"a", "b", "c", "messages", "m", "x", "i", "s", "d", "l", "missing"};
    private static final String[] KEYS = {"role", "content", "name", "a", "b", "items", "x"};
    private static final String[] TEXTS = {
        "''",
        "'a'",
        "'Hello World'",
        "\"it's\"",
        "' pad '",
        "'a,b,c'",
        "'ü🌍'",
        "'<|im_start|>'",
        "'\\n'",
        "'line\\nline'",
        "'12'",
        "'<b>&'",
        "'%s-%s'",
        "'{}+{}'"
    };
    private static final String[] NUMBERS = {
        "0", "1", "2", "-1", "3", "10", "1.5", "0.0", "-2.5", "1e16", "100000000000"
    };
    private static final String[] TEXT_METHODS = {
        "strip()", "lstrip()", "rstrip('a')", "upper()", "lower()", "title()", "capitalize()", "replace('a', 'b')",
                "replace('', '-', 2)",
        "removeprefix('a')", "center(7, '*')", "zfill(4)", "swapcase()", "split()[0]", "split('a')[-1]",
                "join(['x', 'y'])", "ljust(4)", "expandtabs(4)"
    };
    private static final String[] TEXT_FILTERS = {
        "trim",
        "upper",
        "lower",
        "string",
        "capitalize",
        "title",
        "replace('a', 'X')",
        "indent",
        "indent(2, true)",
        "safe",
        "e",
        "truncate(5)",
        "urlencode",
        "center(9)",
        "default('d')",
        "default('d', true)",
        "first",
        "last",
        "join('.')",
        "reverse",
        "trim('a ')",
        "tojson",
        "list|join('-')"
    };
    private static final String[] LIST_FILTERS = {
        "list",
        "unique|list",
        "reverse|list",
        "map('string')|list",
        "select|list",
        "select('string')|list",
        "reject('none')|list",
        "batch(2)|list",
        "slice(2)|list",
        "map('default', 'q')|list",
        "selectattr('role', 'eq', 'user')|list",
        "rejectattr('role', 'defined')|list",
        "map(attribute='content')|list",
        "groupby('role')",
        "sort(attribute='role')",
        "map('string')|sort",
        "map('upper')|list"
    };
    private static final String[] ANY_TO_TEXT = {
        "string",
        "tojson",
        "tojson(indent=2)",
        "tojson(sort_keys=true)",
        "tojson(ensure_ascii=true)",
        "tojson(separators=(',', ':'))",
        "upper",
        "trim",
        "safe",
        "e"
    };
    private static final String[] TESTS = {
        "defined",
        "undefined",
        "none",
        "string",
        "mapping",
        "sequence",
        "iterable",
        "number",
        "boolean",
        "true",
        "false",
        "integer",
        "float",
        "lower",
        "upper",
        "callable",
        "eq 1",
        "in [1, 'a']",
        "escaped",
        "not none",
        "not defined",
        "ne 'a'"
    };
    private static final String[] LOOP = {
        "index",
        "index0",
        "first",
        "last",
        "length",
        "revindex",
        "revindex0",
        "previtem",
        "nextitem",
        "depth",
        "cycle('p', 'q')",
        "changed(x)"
    };

    private final Random random;
    private int macros;

    TemplateGenerator(long seed) {
        random = new Random(seed);
    }

    String template() {
        macros = 0;
        return tag("set ns = namespace(n=1)") + body(3);
    }

    private String pick(String... all) {
        return all[random.nextInt(all.length)];
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private String body(int depth) {
        var out = new StringBuilder();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) out.append(statement(depth));
        return out.toString();
    }

    private String tag(String inside) {
        String open = oneIn(4) ? "{%-" : oneIn(12) ? "{%+" : "{%";
        String close = oneIn(4) ? "-%}" : oneIn(12) ? "+%}" : "%}";
        return open + " " + inside + " " + close;
    }

    private String print(String inside) {
        return (oneIn(5) ? "{{-" : "{{") + " " + inside + " " + (oneIn(5) ? "-}}" : "}}");
    }

    private String statement(int depth) {
        int kind = random.nextInt(depth > 0 ? 20 : 6);
        return switch (kind) {
            case 0, 1 -> pick("text", "\n", "  \n ", " ", "\n\n", "x\n  ", "\t", "ü {x} % #", "\r\n", "}}", "\u00a0\n");
            case 2, 3, 4 -> print(expression(3));
            case 5 ->
                oneIn(3) ? pick("{# c #}", "{#- c -#}", "{# c\n#}\n") : tag("set " + target() + " = " + expression(2));
            case 6, 7, 8 ->
                tag("if " + truth(2))
                        + body(depth - 1)
                        + (oneIn(3) ? tag("elif " + truth(2)) + body(depth - 1) : "")
                        + (oneIn(2) ? tag("else") + body(depth - 1) : "")
                        + tag("endif");
            case 9, 10, 11, 12 -> loop(depth);
            case 13 -> macro(depth);
            case 14 -> tag("set ns = namespace(n=" + expression(1) + ")") + loop(depth) + print("ns.n");
            case 15 ->
                tag("filter " + pick("upper", "trim", "replace('a', 'b')", "indent(1)", "length|string"))
                        + body(depth - 1)
                        + tag("endfilter");
            case 16 -> tag("set " + target() + (oneIn(3) ? " | upper" : "")) + body(depth - 1) + tag("endset");
            case 17 -> tag("with " + target() + " = " + expression(1)) + body(depth - 1) + tag("endwith");
            case 18 -> tag("generation") + body(depth - 1) + tag("endgeneration");
            default ->
                pick("{% raw %}", "{%- raw -%}")
                        + pick("{{ x }}", "\n{% if %}\n", " a ")
                        + pick("{% endraw %}", "{%- endraw -%}", "{%+ endraw +%}");
        };
    }

    private String name() {
        return pick(NAMES);
    }

    /** Mostly a name on whose type no expression relies. */
    private String target() {
        return oneIn(20) ? name() : pick("a", "b", "c", "x", "i", "new");
    }

    private String loop(int depth) {
        boolean pairs = oneIn(4);
        String target = pairs ? target() + ", " + target() : target();
        String items = pairs
                ? pick("d.items()", "d | items", "[[1, 2], [3, 4]]", "[('a', m)]")
                : !oneIn(3)
                        ? pick(
                                "range(3)",
                                "messages",
                                "l",
                                "d",
                                "'abü'",
                                "messages[1:]",
                                "l[::-1]",
                                "l|reverse",
                                "messages|selectattr('role')")
                        : inside(list(2, true));
        String test = oneIn(4) ? " if " + inside(truth(1)) : "";
        String inside = body(depth - 1)
                + (oneIn(2) ? print("loop." + pick(LOOP)) : "")
                + (oneIn(5) ? tag("if " + truth(1)) + tag(pick("break", "continue")) + tag("endif") : "")
                + (oneIn(8) ? tag("set ns.n = " + expression(1)) : "");
        String otherwise = oneIn(4) ? tag("else") + body(depth - 1) : "";
        return tag("for " + target + " in " + items + test) + inside + otherwise + tag("endfor");
    }

    private String macro(int depth) {
        String name = "macro" + macros++;
        String parameters = pick("x", "x, i=1", "a, b=none", "s='q', x=1");
        boolean takesBlock = oneIn(3);
        String definition = tag("macro " + name + "(" + parameters + ")")
                + body(depth - 1)
                + (takesBlock ? print("caller()") : "")
                + tag("endmacro");
        String arguments =
                pick("", expression(1), expression(1), parameters.contains("x") ? "x=" + expression(1) : "a=1");
        String call = takesBlock
                ? tag("call " + name + "(" + arguments + ")") + body(depth - 1) + tag("endcall")
                : print(name + "(" + arguments + ")" + (oneIn(3) ? "|trim" : ""));
        return oneIn(3) ? definition + call + call : definition + call;
    }

    private String expression(int depth) {
        if (oneIn(60)) return anything(depth);
        return switch (random.nextInt(12)) {
            case 0, 1, 2, 3, 4 -> text(depth);
            case 5, 6 -> number(depth);
            case 7, 8 -> truth(depth);
            case 9 -> list(depth, true);
            case 10 -> dict(depth, true);
            default -> inside(name());
        };
    }

    private static String inside(String expression) {
        return expression.matches("\\w+") ? expression : "(" + expression + ")";
    }

    /** Of any type for any use: mostly a mistake. */
    private String anything(int depth) {
        return switch (random.nextInt(5)) {
            case 0 -> inside(expression(depth - 1)) + "." + pick(KEYS);
            case 1 -> inside(expression(depth - 1)) + "." + pick(TEXT_METHODS);
            case 2 -> inside(expression(depth - 1)) + "|" + pick(LIST_FILTERS);
            case 3 ->
                inside(expression(depth - 1))
                        + pick(" + ", " - ", " * ", " / ", " % ", " < ", " in ")
                        + inside(expression(depth - 1));
            // Not of a constant: jinja2 evaluates those in advance, by other rules.
            default -> name() + "[" + pick("0", "1:", "'a'", "none", "1.5") + "]";
        };
    }

    private String text(int depth) {
        if (depth <= 0) return oneIn(2) ? "s" : pick(TEXTS);
        return switch (random.nextInt(14)) {
            case 0 -> pick(TEXTS);
            case 1 -> "m.role";
            case 2, 3 -> inside(text(depth - 1)) + "." + pick(TEXT_METHODS).replace("()[0]", "(',')[0]");
            case 4, 5 -> inside(text(depth - 1)) + "|" + pick(TEXT_FILTERS);
            case 6 -> inside(text(depth - 1)) + " + " + inside(text(depth - 1));
            case 7 -> inside(expression(depth - 1)) + " ~ " + inside(expression(depth - 1));
            case 8 -> inside(expression(depth - 1)) + "|" + pick(ANY_TO_TEXT);
            case 9 ->
                inside(list(depth - 1, false)) + "|" + pick("join", "join(', ')", "map('string')|join('-')", "tojson");
            case 10 ->
                inside(text(depth - 1)) + "[" + pick("1:", ":-1", "::-1", "1:2", ":2", "::2", "-2:", "5:1:-1") + "]";
            case 11 ->
                inside(text(depth - 1)) + " if " + inside(truth(depth - 1))
                        + (oneIn(4) ? "" : " else " + inside(text(depth - 1)));
            case 12 ->
                pick("'{} {}'.format(", "'%s|%s' % (", "'{:>5}{!r}'.format(") + expression(depth - 1) + ", "
                        + expression(depth - 1) + ")";
            default -> inside(text(depth - 1)) + " * " + pick("0", "1", "2");
        };
    }

    private String number(int depth) {
        if (depth <= 0) return pick(NUMBERS);
        return switch (random.nextInt(9)) {
            case 0 -> pick(NUMBERS);
            case 1 -> inside(pick(text(depth - 1), list(depth - 1, false), dict(depth - 1, false))) + "|length";
            case 2, 3, 4 ->
                inside(number(depth - 1)) + pick(" + ", " - ", " * ", " / ", " // ", " % ") + inside(number(depth - 1));
            case 5 ->
                inside(number(depth - 1)) + "|"
                        + pick(
                                "abs",
                                "int",
                                "float",
                                "round",
                                "round(1)",
                                "string|length",
                                "default(1)",
                                "round(0, 'ceil')");
            case 6 -> "-" + inside(number(depth - 1));
            case 7 ->
                inside(text(depth - 1))
                        + pick(".find('l')", ".count('a')", "|int", "|float", "|wordcount", ".rfind('o', 1)");
            default ->
                "[" + number(depth - 1) + ", " + number(depth - 1) + "]|"
                        + pick("sum", "min", "max", "first", "last", "sort|first");
        };
    }

    private String truth(int depth) {
        if (depth <= 0) return pick("true", "false", name());
        return switch (random.nextInt(9)) {
            case 0, 1 -> inside(expression(depth - 1)) + " is " + pick(TESTS);
            case 2 -> inside(expression(depth - 1)) + pick(" == ", " != ") + inside(expression(depth - 1));
            case 3 ->
                inside(number(depth - 1))
                        + pick(" < ", " > ", " <= ", " >= ", " == ")
                        + inside(number(depth - 1))
                        + (oneIn(4) ? " < " + pick(NUMBERS) : "");
            case 4 -> inside(text(depth - 1)) + pick(" < ", " in ", " not in ", " >= ") + inside(text(depth - 1));
            case 5 -> inside(expression(depth - 1)) + pick(" and ", " or ") + inside(expression(depth - 1));
            case 6 -> "not " + inside(expression(depth - 1));
            case 7 ->
                inside(text(depth - 1))
                        + pick(" in ", " not in ")
                        + inside(pick(list(depth - 1, false), dict(depth - 1, false)));
            default ->
                inside(text(depth - 1))
                        + pick(
                                ".startswith('a')",
                                ".endswith(('a', 'd'))",
                                ".isdigit()",
                                ".isspace()",
                                ".islower()",
                                ".istitle()");
        };
    }

    private String list(int depth, boolean anyItems) {
        if (depth <= 0) return pick("l", "messages", "[]", "[1, 2]", "('a', 1)", "range(3)");
        return switch (random.nextInt(8)) {
            case 0 -> pick("l", "messages");
            case 1, 2 -> "[" + expression(depth - 1) + ", " + expression(depth - 1) + "]";
            case 3 ->
                inside(list(depth - 1, anyItems)) + "[" + pick("1:", ":-1", "::-1", ":2", "::2") + "]"
                        + (oneIn(2) ? "|list" : "");
            case 4 -> "messages|" + pick(LIST_FILTERS);
            case 5 ->
                inside(text(depth - 1))
                        + pick(
                                ".split()",
                                ".split(',')",
                                ".rsplit(none, 1)",
                                "|list",
                                ".splitlines()",
                                ".partition(' ')");
            case 6 ->
                inside(dict(depth - 1, false))
                        + pick("|dictsort", ".items()|list", "|list", ".keys()|list", ".values()|list", "|items|list");
            default -> "l|list + [" + expression(depth - 1) + "]";
        };
    }

    private String dict(int depth, boolean anyItems) {
        if (depth <= 0) return pick("d", "m", "{}", "{'a': 1}");
        return switch (random.nextInt(4)) {
            case 0 -> "d";
            case 1 -> "messages[" + pick("0", "-1") + "]";
            case 2 -> "dict(a=" + expression(depth - 1) + ", b=2)";
            default ->
                "{'" + pick(KEYS) + "': " + expression(depth - 1) + ", " + pick("1", "'z'", "true", "none") + ": "
                        + (anyItems ? expression(depth - 1) : "0") + "}";
        };
    }

    Map<String, Object> context() {
        Map<String, Object> context = new LinkedHashMap<>();
        for (String name : NAMES) {
            if (!name.equals("missing") && !oneIn(8)) context.put(name, value(2));
        }
        context.put("s", text());
        context.put("m", Map.of("role", text()));
        context.put("d", dict(1));
        context.put("l", list(1));
        List<Object> messages = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            Map<String, Object> message = new LinkedHashMap<>();
            message.put("role", pick("user", "assistant", "system"));
            message.put("content", oneIn(4) ? value(1) : text());
            if (oneIn(3)) message.put(pick(KEYS), value(1));
            messages.add(message);
        }
        context.put("messages", messages);
        return context;
    }

    private String text() {
        return pick(
                "",
                "a",
                "Hello World",
                "it's",
                "\"both' \"",
                " pad\n",
                "a,b,,c",
                "ünï 🌍 x",
                "1.5",
                "42",
                "line\nline\r\n\nend",
                "<b>&amp;</b>",
                "\u2028\u00a0",
                "\\n",
                "{{ x }}",
                "%d");
    }

    private @Nullable Object value(int depth) {
        return switch (random.nextInt(depth > 0 ? 10 : 7)) {
            case 0, 1 -> text();
            case 2 -> random.nextInt(20) - 5;
            case 3 -> random.nextBoolean();
            case 4 -> null;
            case 5 -> pickNumber();
            case 6 -> 123_456_789_012L * random.nextInt(1000);
            case 7, 8 -> list(depth - 1);
            default -> dict(depth - 1);
        };
    }

    private double pickNumber() {
        double[] all = {0.0, 1.0, -0.5, 1e-7, 1e22, 3.14159, 1e15, 123456.789, 2.5};
        return all[random.nextInt(all.length)];
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        boolean alike = oneIn(2);
        for (int i = random.nextInt(4); i > 0; i--) list.add(alike ? (Object) random.nextInt(9) : value(depth));
        return list;
    }

    private Map<String, @Nullable Object> dict(int depth) {
        Map<String, @Nullable Object> dict = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) dict.put(oneIn(4) ? text() : pick(KEYS), value(depth));
        return dict;
    }
}
