package dev.nacelle.dynamo.net;

import java.io.IOException;

/** A connection would hold more of the worker's memory than it may. */
final class LimitException extends IOException {
    private static final long serialVersionUID = 1L;

    LimitException(String message) {
        super(message);
    }
}
