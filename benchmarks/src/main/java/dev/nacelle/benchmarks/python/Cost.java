package dev.nacelle.benchmarks.python;

/**
 * What tokens took.
 *
 * @param tokens how many
 * @param cpuNanos CPU time of every process that took part
 * @param wallNanos time that passed
 */
public record Cost(long tokens, long cpuNanos, long wallNanos) {
    public double cpuMicrosPerToken() {
        return cpuNanos / 1e3 / tokens;
    }

    public double tokensPerSecond() {
        return tokens * 1e9 / wallNanos;
    }

    Cost least(Cost other) {
        return cpuMicrosPerToken() <= other.cpuMicrosPerToken() ? this : other;
    }
}
