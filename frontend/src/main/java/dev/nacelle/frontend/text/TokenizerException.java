package dev.nacelle.frontend.text;

import org.jspecify.annotations.Nullable;

/** A tokenizer cannot be loaded; the message names the file, what is wrong with it and what was expected. */
public final class TokenizerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TokenizerException(String message) {
        this(message, null);
    }

    TokenizerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
