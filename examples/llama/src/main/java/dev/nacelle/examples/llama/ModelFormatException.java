package dev.nacelle.examples.llama;

import java.io.IOException;

/** A model folder that cannot be used; the message names file, key or tensor and says what was expected. */
final class ModelFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    ModelFormatException(String message) {
        super(message);
    }

    ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
