package dev.nacelle.template;

/**
 * What one rendering may use, so that no template or conversation takes a server down. Beyond them it ends with
 * {@link TemplateException.Kind#LIMIT}.
 *
 * @param steps statements, loop rounds, calls, and each {@value Run#CHARS_PER_STEP} characters or items that an operation makes; at least 1
 * @param outputChars length of the text, and of any text on the way to it, in UTF-16 units; at least 1
 * @param depth nesting of calls (macros, recursive loops), of expressions in the template, and of the data; 1 to 1 000
 * @param items length of a list that the template makes; at least 1. (A {@code range} ends at 100 000, as in jinja2's sandbox.)
 */
public record TemplateLimits(long steps, int outputChars, int depth, int items) {
    private static final TemplateLimits DEFAULTS = new TemplateLimits(10_000_000, 64 << 20, 200, 1_000_000);

    public TemplateLimits {
        atLeastOne("steps", steps);
        atLeastOne("outputChars", outputChars);
        atLeastOne("depth", depth);
        atLeastOne("items", items);
        if (depth > 1000) throw new IllegalArgumentException("depth %d, expected at most 1000".formatted(depth));
    }

    /** 10 million steps, 64 Mi characters, depth 200, lists of a million: far above what real templates and conversations need. */
    public static TemplateLimits defaults() {
        return DEFAULTS;
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) throw new IllegalArgumentException("%s %d, expected at least 1".formatted(name, value));
    }
}
