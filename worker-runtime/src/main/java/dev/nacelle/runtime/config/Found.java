package dev.nacelle.runtime.config;

/** How messages say what stands in the file. */
final class Found {
    private static final int CHARS_MAX = 60;

    private Found() {}

    static String of(Node node) {
        return switch (node) {
            case Node.Scalar scalar when scalar.isNull() -> "no value";
            case Node.Scalar scalar -> "found " + quoted(scalar.text());
            case Node.Sequence _, Node.Mapping _ -> kind(node);
        };
    }

    /** The same without its text, for secrets. */
    static String kind(Node node) {
        return switch (node) {
            case Node.Scalar scalar when scalar.isNull() -> "no value";
            case Node.Scalar _ -> "found a single value";
            case Node.Sequence _ -> "found a list";
            case Node.Mapping _ -> "found a section with keys";
        };
    }

    /** In quotes, short, and without characters that would disturb a terminal. */
    static String quoted(String text) {
        int end = Math.min(text.length(), CHARS_MAX);
        if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        var clean = new StringBuilder("\"");
        text.substring(0, end).chars().forEach(c -> {
            if (Character.isISOControl(c)) {
                clean.append("\\u%04x".formatted(c));
            } else {
                clean.append((char) c);
            }
        });
        return clean.append(end < text.length() ? "…\"" : "\"").toString();
    }
}
