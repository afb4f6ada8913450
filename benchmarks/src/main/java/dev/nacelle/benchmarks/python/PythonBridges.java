package dev.nacelle.benchmarks.python;

import dev.nacelle.python.PythonOptions.Isolation;
import java.util.Arrays;

/**
 * Measures both CPython ways side by side with the engine by itself and with JSON lines over a pipe, and prints one table.
 * The argument scales the amount of work: 1.0 by default.
 */
public final class PythonBridges {
    private static final int TOKENS = 640_000;
    private static final int[] STREAMS = {16, 256};
    private static final int CANCELS = 500;
    private static final double HELD_S = 1;

    private PythonBridges() {}

    public static void main(String[] args) throws Exception {
        double scale = args.length > 0 ? Double.parseDouble(args[0]) : 1;
        try (var embedded = Served.start(Isolation.EMBEDDED)) {
            Rounds.head();
            for (int streams : STREAMS) Rounds.print(embedded, streams, (int) (scale * TOKENS / streams));
            System.out.println();
            System.out.printf("%-34s %12s %12s%n", "", "embedded", "process");
            try (var process = Served.start(Isolation.PROCESS)) {
                System.out.printf("%-34s %9.2f ms %9.2f ms%n", "cancel, p50", cancel(embedded), cancel(process));
                double idle = stallWithoutPython();
                System.out.printf(
                        "%-34s %9.1f ms %9.1f ms%n", "longest stall, GIL held 1 s", stall(embedded), stall(process));
                System.out.printf("%-34s %9.1f ms%n", "… the same without Python", idle);
            }
            try (var process = Served.start(Isolation.PROCESS)) {
                var grown = Growth.over(embedded, scale);
                var both = Growth.over(process, scale);
                System.out.printf(
                        "%-34s %9.1f MB %9.1f MB%n",
                        "growth over 1M tokens, 10k requests", grown.total(), both.total());
                System.out.printf(
                        "%-34s %9.1f MB %9.1f MB%n",
                        "… that came evenly, as a leak does", grown.steady(), both.steady());
            }
        }
        System.exit(0);
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
}
