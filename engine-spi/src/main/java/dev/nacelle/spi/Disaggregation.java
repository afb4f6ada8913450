package dev.nacelle.spi;

/** A worker's part in a deployment that splits prefill from decode. */
public enum Disaggregation {
    /** Both phases in one worker. */
    AGGREGATED,
    /** Computes the prompt's KV blocks and hands them off. */
    PREFILL,
    /** Generates from a prefill's hand-off. */
    DECODE
}
