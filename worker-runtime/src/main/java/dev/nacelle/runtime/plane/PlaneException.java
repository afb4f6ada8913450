package dev.nacelle.runtime.plane;

import org.jspecify.annotations.Nullable;

/** A plane cannot be opened, or an instance not be part of it. The message is for the operator, and says what to do. */
public final class PlaneException extends Exception {
    private static final long serialVersionUID = 1L;

    public PlaneException(String message) {
        this(message, null);
    }

    public PlaneException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
