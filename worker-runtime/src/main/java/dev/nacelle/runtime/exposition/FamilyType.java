package dev.nacelle.runtime.exposition;

/** The type of a metric family, with the words for it in either text format. */
enum FamilyType {
    COUNTER("counter", "counter"),
    /** A counter whose samples lack {@code _total}: OpenMetrics and protobuf have no word for it but unknown. */
    EXACT_COUNTER("counter", "unknown"),
    GAUGE("gauge", "gauge"),
    HISTOGRAM("histogram", "histogram"),
    GAUGE_HISTOGRAM("histogram", "gaugehistogram"),
    SUMMARY("summary", "summary"),
    INFO("gauge", "info"),
    STATE_SET("gauge", "stateset"),
    UNKNOWN("untyped", "unknown");

    private final String textWord;
    private final String openMetricsWord;

    FamilyType(String textWord, String openMetricsWord) {
        this.textWord = textWord;
        this.openMetricsWord = openMetricsWord;
    }

    String word(Dialect.Format format) {
        return switch (format) {
            case TEXT -> textWord;
            case OPENMETRICS -> openMetricsWord;
        };
    }

    @Override
    public String toString() {
        return switch (this) {
            case EXACT_COUNTER -> "counter";
            default -> openMetricsWord;
        };
    }

    /** Several samples, told apart by a label, make up one metric of such a family. */
    boolean isDistribution() {
        return this == HISTOGRAM || this == GAUGE_HISTOGRAM || this == SUMMARY;
    }
}
