package dev.nacelle.runtime.metrics;

/** What holds the value of a series. */
sealed interface Instrument permits BoundGauge, BoundCounter, BoundHistogram, ScrapedGauge {}
