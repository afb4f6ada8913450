package dev.nacelle.spi.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Carries an {@link EngineError} up the stack. Its message is the error's; its cause is for the log only. */
public final class EngineException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient EngineError error;

    public EngineException(EngineError error) {
        this(error, null);
    }

    public EngineException(EngineError error, @Nullable Throwable cause) {
        super(error.message(), cause);
        this.error = Objects.requireNonNull(error);
    }

    /** A shorthand for the error that engines throw most: the request is at fault. */
    public static EngineException invalid(String message) {
        return new EngineException(new EngineError.InvalidArgument(message));
    }

    public EngineError error() {
        return error;
    }
}
