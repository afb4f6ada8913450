package dev.nacelle.benchmarks.python;

import dev.nacelle.python.PythonOptions.Isolation;
import java.util.Arrays;

/**
 * Measures both CPython ways side by side with the engine by itself and with JSON lines over a pipe, and prints one table.
 * The argument scales the amount of work: 1.0 by default.
 */
public final class PythonBridges {
    private static final int TOKENS = 640_000;
    private static final int ROUNDS = 3;
    private static final int[] STREAMS = {16, 256};
    private static final int CANCELS = 500;
    private static final double HELD_S = 1;

    private PythonBridges() {}

    public static void main(String[] args) throws Exception {
        double scale = args.length > 0 ? Double.parseDouble(args[0]) : 1;
        try (var embedded = Served.start(Isolation.EMBEDDED)) {
            System.out.printf("%-34s %8s %12s %12s %8s%n", "", "streams", "tokens/s", "CPU µs/token", "× bare");
            for (int streams : STREAMS) {
                int each = (int) (scale * TOKENS / streams);
                var bare = Alone.bare(streams, each);
                row("the generator by itself", streams, bare, bare);
                row("embedded", streams, best(embedded, streams, each), bare);
                try (var process = Served.start(Isolation.PROCESS)) {
                    row("process, both counted", streams, best(process, streams, each), bare);
                }
                row("JSON lines on a pipe, both counted", streams, Alone.lines(streams, each), bare);
            }
            System.out.println();
            System.out.printf("%-34s %12s %12s%n", "", "embedded", "process");
            try (var process = Served.start(Isolation.PROCESS)) {
                System.out.printf("%-34s %9.2f ms %9.2f ms%n", "cancel, p50", cancel(embedded), cancel(process));
                double idle = stallWithoutPython();
                System.out.printf(
                        "%-34s %9.1f ms %9.1f ms%n", "longest stall, GIL held 1 s", stall(embedded), stall(process));
                System.out.printf("%-34s %9.1f ms%n", "… the same without Python", idle);
            }
            System.out.printf("%-34s %9.1f MB", "growth over 1M tokens, 10k requests", growth(embedded, scale));
            try (var process = Served.start(Isolation.PROCESS)) {
                System.out.printf(" %9.1f MB%n", growth(process, scale));
            }
        }
        System.exit(0);
    }

    private static void row(String what, int streams, Cost cost, Cost bare) {
        System.out.printf(
                "%-34s %8d %,12.0f %12.2f %8.2f%n",
                what,
                streams,
                cost.tokensPerSecond(),
                cost.cpuMicrosPerToken(),
                cost.cpuMicrosPerToken() / bare.cpuMicrosPerToken());
    }

    private static Cost best(Served served, int streams, int each) throws Exception {
        served.run(streams, Math.max(1, each / 2)); // warm-up
        var best = served.run(streams, each);
        for (int i = 1; i < ROUNDS; i++) best = best.least(served.run(streams, each));
        return best;
    }

    private static double cancel(Served served) throws Exception {
        var times = new long[CANCELS];
        for (int i = 0; i < CANCELS; i++) times[i] = served.cancel();
        Arrays.sort(times);
        return times[CANCELS / 2] / 1e6;
    }

    private static double stall(Served served) throws Exception {
        var stall = new Stall();
        served.holdGil(HELD_S);
        stall.end();
        return stall.millis();
    }

    private static double stallWithoutPython() throws Exception {
        var stall = new Stall();
        Thread.sleep(2_000);
        stall.end();
        return stall.millis();
    }

    private static double growth(Served served, double scale) throws Exception {
        int requests = Math.max(200, (int) (10_000 * scale));
        served.run(100, 100);
        for (int i = 0; i < requests / 500; i++) served.run(100, 100); // a fifth, so that pools have their size
        double before = Cpu.residentMegabytes();
        for (int i = 0; i < requests / 100; i++) served.run(100, 100);
        return Cpu.residentMegabytes() - before;
    }
}
