package dev.nacelle.template;

/**
 * A word of a template.
 *
 * @param line where it begins, from 1
 * @param text as the parser compares it: the operator, the name, the text
 * @param value of a number or string literal, else the text
 */
record Token(int line, Kind kind, String text, Object value) {
    enum Kind {
        DATA("template data / text"),
        VARIABLE_BEGIN("begin of print statement"),
        VARIABLE_END("end of print statement"),
        BLOCK_BEGIN("begin of statement block"),
        BLOCK_END("end of statement block"),
        NAME("name"),
        STRING("string"),
        INTEGER("integer"),
        FLOAT("float"),
        OPERATOR("operator"),
        END("end of template");

        final String description;

        Kind(String description) {
            this.description = description;
        }
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    String describe() {
        return kind == Kind.NAME || kind == Kind.OPERATOR ? text : kind.description;
    }
}
