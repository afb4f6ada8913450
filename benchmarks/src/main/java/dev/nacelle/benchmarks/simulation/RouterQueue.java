package dev.nacelle.benchmarks.simulation;

import java.util.SplittableRandom;

/**
 * A router as a queue: decisions and blocks of events come at random (Poisson) and are worked off one after the other, as
 * its lock has it.
 *
 * @param decisionsPerSecond how many come
 * @param decisionMicros what each takes
 * @param blocksPerSecond blocks stored and removed that come
 * @param blockMicros what each takes
 */
record RouterQueue(double decisionsPerSecond, double decisionMicros, double blocksPerSecond, double blockMicros) {
    private static final int ARRIVALS = 2_000_000;

    /** The share of time in which it is busy; from 1 on what waits grows without end. */
    double utilisation() {
        return (decisionsPerSecond * decisionMicros + blocksPerSecond * blockMicros) / 1e6;
    }

    /** From a request's arrival to its decision on average, by simulation of two million arrivals. */
    double meanDelayMicros(long seed) {
        var random = new SplittableRandom(seed);
        double perMicro = (decisionsPerSecond + blocksPerSecond) / 1e6;
        double decisions = decisionsPerSecond / (decisionsPerSecond + blocksPerSecond);
        double backlog = 0; // work that is there when something comes, in microseconds
        double delays = 0;
        int count = 0;
        for (int i = 0; i < ARRIVALS; i++) {
            backlog = Math.max(0, backlog + Math.log1p(-random.nextDouble()) / perMicro);
            boolean decides = random.nextDouble() < decisions;
            backlog += decides ? decisionMicros : blockMicros;
            if (!decides) continue;
            delays += backlog;
            count++;
        }
        return delays / count;
    }
}
