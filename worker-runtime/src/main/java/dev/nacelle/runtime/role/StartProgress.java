package dev.nacelle.runtime.role;

/** Hears how far the parts of a starting process are. From any thread, concurrently. */
@FunctionalInterface
public interface StartProgress {
    /**
     * One part's news.
     *
     * @param part which part, e.g. a worker's path
     * @param fraction 0.0 to 1.0
     * @param message what is being done, for people
     */
    void report(String part, double fraction, String message);
}
