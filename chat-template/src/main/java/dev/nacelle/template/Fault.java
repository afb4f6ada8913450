package dev.nacelle.template;

import dev.nacelle.template.TemplateException.Kind;

/** An error on its way up to where the line is known. Without a stack trace: it is about the template, not about this code. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String reason;
    private int line;

    private Fault(Kind kind, String reason, int line) {
        super(reason, null, false, false);
        this.kind = kind;
        this.reason = reason;
        this.line = line;
    }

    static Fault syntax(int line, String reason) {
        return new Fault(Kind.SYNTAX, reason, line);
    }

    static Fault raised(String message) {
        return new Fault(Kind.RAISED, message, 0);
    }

    static Fault limit(String reason) {
        return new Fault(Kind.LIMIT, reason, 0);
    }

    static Fault error(String reason) {
        return new Fault(Kind.RENDER, reason, 0);
    }

    /** Notes where it happened; the innermost statement is the first to say so. */
    Fault at(int where) {
        if (line == 0) line = where;
        return this;
    }

    boolean isLimit() {
        return kind == Kind.LIMIT;
    }

    TemplateException toException() {
        return new TemplateException(kind, line, reason, this);
    }
}
