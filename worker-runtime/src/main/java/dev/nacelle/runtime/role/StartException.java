package dev.nacelle.runtime.role;

import org.jspecify.annotations.Nullable;

/** The host cannot start. The message is for the operator: what happened, which value, what to do. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1L;

    public StartException(String message) {
        this(message, null);
    }

    public StartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
