package dev.nacelle.template;

/** Why a template does not compile, or why one rendering of it failed. */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Who has to do something about it. */
    public enum Kind {
        /** The template is not valid Jinja2: whoever wrote it. */
        SYNTAX,
        /** The template refuses the conversation, with {@code raise_exception}: whoever wrote the conversation. */
        RAISED,
        /** An operation failed, such as text plus a number: usually template and conversation do not fit together. */
        RENDER,
        /** The rendering went beyond one of {@link TemplateLimits}. */
        LIMIT
    }

    private final Kind kind;
    private final int line;
    private final String reason;

    TemplateException(Kind kind, int line, String reason, Throwable cause) {
        super(line > 0 ? "line %d: %s".formatted(line, reason) : reason, cause);
        this.kind = kind;
        this.line = line;
        this.reason = reason;
    }

    /** Who has to do something about it. */
    public Kind kind() {
        return kind;
    }

    /** The line of the template, from 1; 0 when no line is to blame. */
    public int line() {
        return line;
    }

    /** What is wrong, without the line; for {@link Kind#RAISED} exactly the message that the template raised. */
    public String reason() {
        return reason;
    }
}
