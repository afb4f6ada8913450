package dev.nacelle.dynamo;

import org.junit.jupiter.api.Assumptions;

/** What a test needs from outside. */
final class Needs {
    private Needs() {}

    /** Skips the test without it, or fails it where {@code NO_TEST_SKIPS=true} says that everything has to be there. */
    static void orSkip(boolean available, String reason) {
        if (!available && "true".equals(System.getenv("NO_TEST_SKIPS"))) throw new AssertionError(reason);
        Assumptions.assumeTrue(available, reason);
    }
}
