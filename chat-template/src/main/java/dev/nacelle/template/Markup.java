package dev.nacelle.template;

/** Text that the {@code safe} filter marked: a subclass of {@code str} in Python, which escapes HTML in what is added to it. */
record Markup(String text) {
    /** The text as HTML; what is marked already stays as it is. */
    static String escape(Object value) {
        if (value instanceof Markup markup) return markup.text;
        String text = Printer.str(value);
        var out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '\'' -> out.append("&#39;");
                case '"' -> out.append("&#34;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }
}
