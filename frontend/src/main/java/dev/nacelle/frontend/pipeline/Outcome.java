package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.api.ApiError;

/** How a request ended, for its caller. */
sealed interface Outcome {
    /** With a whole answer. */
    record Answered() implements Outcome {}

    /** With an error, instead of an answer or in the middle of one. */
    record Failed(ApiError error) implements Outcome {}

    /** The caller left before. */
    record CallerGone() implements Outcome {}

    /** The caller did not read, and was given up. */
    record CallerStuck() implements Outcome {}
}
