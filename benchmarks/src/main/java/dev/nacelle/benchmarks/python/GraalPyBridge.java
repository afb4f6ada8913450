package dev.nacelle.benchmarks.python;

import dev.nacelle.python.graalpy.Jit;
import java.util.Arrays;

/**
 * Measures GraalPy in this JVM, compiled or not, as the first argument says ({@code required} or {@code off}), and prints
 * rows of a table. The second scales the amount of work: 1.0 by default.
 */
public final class GraalPyBridge {
    private static final int STREAMS = 16;
    private static final int BATCH = 64;
    private static final int TOKENS = 4_000_000;
    private static final int ROUNDS = 6;
    private static final int CANCELS = 500;

    private GraalPyBridge() {}

    public static void main(String[] args) throws Exception {
        var jit = "required".equals(args[0]) ? Jit.REQUIRED : Jit.OFF;
        double scale = args.length > 1 ? Double.parseDouble(args[1]) : 1;
        var name = jit == Jit.OFF ? "interpreter" : "compiled";
        try (var served = Served.graalPy(jit)) {
            int each = (int) (scale * TOKENS / STREAMS) / BATCH * BATCH;
            row(name, BATCH, rounds(served, each, BATCH));
            row(name, 1, rounds(served, each / BATCH, 1));
            var times = new long[CANCELS];
            for (int i = 0; i < CANCELS; i++) times[i] = served.cancel();
            Arrays.sort(times);
            System.out.printf("%-12s %29s cancel, p50 %8.2f ms%n", name, "", times[CANCELS / 2] / 1e6);
        }
        System.exit(0);
    }

    private static Cost rounds(Served served, int each, int batch) throws Exception {
        served.run(STREAMS, each, batch); // warm-up
        var best = served.run(STREAMS, each, batch);
        for (int i = 1; i < ROUNDS; i++) best = best.least(served.run(STREAMS, each, batch));
        return best;
    }

    private static void row(String name, int batch, Cost cost) {
        System.out.printf(
                "%-12s %8d streams  batch %4d %,12.0f tokens/s %8.2f CPU µs/token%n",
                name, STREAMS, batch, cost.tokensPerSecond(), cost.cpuMicrosPerToken());
    }
}
