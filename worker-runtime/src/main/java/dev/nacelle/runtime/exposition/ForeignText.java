package dev.nacelle.runtime.exposition;

/** A foreign registry that renders itself as text 0.0.4 or OpenMetrics. */
@FunctionalInterface
public interface ForeignText {
    /**
     * Renders the registry. Called by one thread at a time, off the scrape path; may block up to the source's timeout,
     * after which the thread is interrupted and the text, should it come, thrown away.
     */
    String read() throws Exception;
}
