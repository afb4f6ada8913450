package dev.nacelle.benchmarks.load;

import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What a window of load showed, or several together. Latencies in microseconds. */
final class Measured {
    private static final long HIGHEST_MICROS = 3_600_000_000L;
    private static final int DIGITS = 3;

    final Histogram firstToken = new Histogram(HIGHEST_MICROS, DIGITS);
    final Histogram betweenTokens = new Histogram(HIGHEST_MICROS, DIGITS);
    final Histogram whole = new Histogram(HIGHEST_MICROS, DIGITS);
    final Map<String, Long> cpuNanos = new LinkedHashMap<>();
    long tokens;
    long requests;
    long failures;
    double seconds;

    /** Takes in another window of the same load. */
    void add(Measured other) {
        firstToken.add(other.firstToken);
        betweenTokens.add(other.betweenTokens);
        whole.add(other.whole);
        other.cpuNanos.forEach((process, nanos) -> cpuNanos.merge(process, nanos, Long::sum));
        tokens += other.tokens;
        requests += other.requests;
        failures += other.failures;
        seconds += other.seconds;
    }

    double tokensPerSecond() {
        return tokens / seconds;
    }

    double requestsPerSecond() {
        return requests / seconds;
    }

    /** CPU time of the servers' processes, the client left out. */
    double serverMicrosPer(long count) {
        long nanos = cpuNanos.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(Load.CLIENT))
                .mapToLong(Map.Entry::getValue)
                .sum();
        return count == 0 ? Double.NaN : nanos / 1e3 / count;
    }

    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.clamp(nanos / 1000, 0, HIGHEST_MICROS));
    }

    static String millis(Histogram histogram, double percentile) {
        return histogram.getTotalCount() == 0
                ? "-"
                : "%.2f".formatted(histogram.getValueAtPercentile(percentile) / 1e3);
    }
}
