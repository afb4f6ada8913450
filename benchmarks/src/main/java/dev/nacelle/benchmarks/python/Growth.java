package dev.nacelle.benchmarks.python;

import java.util.Arrays;

/**
 * How resident memory grew over a million tokens in ten thousand requests.
 *
 * @param total megabytes, whatever they were for
 * @param steady megabytes that came evenly, as a leak's do: ten times the median of its tenths. What a compiler takes once
 *     comes in one or two of them.
 */
record Growth(double total, double steady) {
    private static final int TENTHS = 10;
    private static final int STREAMS = 100;
    private static final int TOKENS_EACH = 100;
    private static final int ROUNDS_A_TENTH = 10;

    /** The JVM compiles the last of what is hot here, and its compiler keeps memory of it, before 1.5M tokens have passed. */
    private static final int TENTHS_BEFORE = 2 * TENTHS;

    /** @param scale how much of all that */
    static Growth over(Served served, double scale) throws Exception {
        int rounds = Math.max(1, (int) (scale * ROUNDS_A_TENTH));
        for (int i = 0; i < TENTHS_BEFORE; i++) tenth(served, rounds);
        double before = Cpu.residentMegabytes();
        var tenths = new double[TENTHS];
        double last = before;
        for (int i = 0; i < TENTHS; i++) {
            tenth(served, rounds);
            double now = Cpu.residentMegabytes();
            tenths[i] = now - last;
            last = now;
        }
        Arrays.sort(tenths);
        return new Growth(last - before, TENTHS * (tenths[TENTHS / 2 - 1] + tenths[TENTHS / 2]) / 2);
    }

    private static void tenth(Served served, int rounds) throws Exception {
        for (int i = 0; i < rounds; i++) served.run(STREAMS, TOKENS_EACH);
    }
}
