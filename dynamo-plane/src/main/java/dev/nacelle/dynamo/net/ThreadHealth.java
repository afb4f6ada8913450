package dev.nacelle.dynamo.net;

/**
 * How one of the plane's threads is.
 *
 * @param works whether it does its work at the moment
 * @param failures how often it had to begin anew
 * @param lastError what went wrong the last time; empty when nothing did
 */
public record ThreadHealth(boolean works, int failures, String lastError) {
    static final ThreadHealth WELL = new ThreadHealth(true, 0, "");

    ThreadHealth failed(Throwable e) {
        return new ThreadHealth(false, failures + 1, e.toString());
    }

    ThreadHealth mended() {
        return new ThreadHealth(true, failures, lastError);
    }
}
