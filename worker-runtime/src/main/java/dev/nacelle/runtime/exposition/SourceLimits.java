package dev.nacelle.runtime.exposition;

/**
 * What a foreign source may bring. One that brings more is dropped whole, so that no half page looks complete.
 *
 * @param series most samples in one text
 * @param bytes most bytes of text
 * @param families most metric families
 * @param labelBytes most bytes of one label value
 */
public record SourceLimits(int series, long bytes, int families, int labelBytes) {
    /** 100 000 series, 16 MiB, 10 000 families, 4 096 bytes a label value. */
    public static final SourceLimits DEFAULT = new SourceLimits(100_000, 16L << 20, 10_000, 4_096);

    public SourceLimits {
        if (series < 1) throw new IllegalArgumentException("series %d, expected at least 1".formatted(series));
        if (bytes < 1 || bytes > MOST_BYTES)
            throw new IllegalArgumentException("bytes %d, expected 1 to %d".formatted(bytes, MOST_BYTES));
        if (families < 1) throw new IllegalArgumentException("families %d, expected at least 1".formatted(families));
        if (labelBytes < 1)
            throw new IllegalArgumentException("labelBytes %d, expected at least 1".formatted(labelBytes));
    }

    /** Offsets into a text are ints. */
    private static final long MOST_BYTES = 1L << 30;
}
