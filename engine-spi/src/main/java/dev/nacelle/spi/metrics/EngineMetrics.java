package dev.nacelle.spi.metrics;

import java.util.Map;

/**
 * The handle through which an engine exports metrics, valid during {@code setupMetrics} only: keep the instruments it
 * returns, not the handle. Instruments are named {@code dynamo_component_<name>} and carry the worker's chain labels
 * ({@code dynamo_namespace}, {@code dynamo_component}, {@code dynamo_endpoint}, {@code worker_id}) plus {@code model}
 * and {@code model_name}. They go when the worker goes.
 *
 * <p>Every method throws {@link IllegalArgumentException}, naming the metric or label, when a name is empty, a label is
 * one of the chain's, a key comes twice, or the family exists with another type; and {@link IllegalStateException} once
 * {@code setupMetrics} has returned.
 */
public interface EngineMetrics {
    /** The labels that every instrument made here gets, in order; unmodifiable. */
    Map<String, String> autoLabels();

    /** A gauge. The same name with other labels adds a series to the family. */
    Gauge gauge(String name, String help, Label... labels);

    /** A counter; {@code _total} is appended to the name when it lacks it. */
    Counter counter(String name, String help, Label... labels);

    /**
     * A histogram with classic buckets, and a native one for scrapers that ask for it.
     *
     * @param upperBounds of the classic buckets, strictly increasing, without +Inf; empty for the client's default
     */
    Histogram histogram(String name, String help, double[] upperBounds, Label... labels);

    /** Merges a foreign registry into the page with default options; see {@link ExpfmtOptions}. */
    default void addExpfmtCallback(ExpfmtCallback callback) {
        addExpfmtCallback(callback, ExpfmtOptions.DEFAULT);
    }

    /**
     * Merges a foreign registry into the page. The callback is called off the scrape path, by one thread at a time; one
     * that throws, hangs or writes garbage loses its own series only.
     */
    void addExpfmtCallback(ExpfmtCallback callback, ExpfmtOptions options);
}
