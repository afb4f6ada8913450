package dev.nacelle.runtime.exposition;

/** A text is over a limit of its source. */
final class TooLarge extends Exception {
    private static final long serialVersionUID = 1;

    /** True when it was the number of series, false when bytes, families or a label's length. */
    private final boolean inSeries;

    private final int series;

    private TooLarge(String message, boolean inSeries, int series) {
        super(message, null, false, false);
        this.inSeries = inSeries;
        this.series = series;
    }

    static TooLarge bytes(long bytes, long limit) {
        return new TooLarge(
                "the text has %s bytes, %d are allowed (max_bytes)".formatted(bytes < 0 ? "too many" : bytes, limit),
                false,
                0);
    }

    static TooLarge series(int series, int limit) {
        return new TooLarge(
                "the text has %d series, %d are allowed (max_series)".formatted(series, limit), true, series);
    }

    static TooLarge families(int limit) {
        return new TooLarge("the text has more than %d families".formatted(limit), false, 0);
    }

    static TooLarge label(int line, int bytes, int limit) {
        return new TooLarge(
                "line %d: a label value of %d bytes, %d are allowed".formatted(line, bytes, limit), false, 0);
    }

    boolean inSeries() {
        return inSeries;
    }

    int series() {
        return series;
    }
}
