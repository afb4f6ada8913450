package dev.nacelle.benchmarks.python;

import dev.nacelle.python.PythonOptions.Isolation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;

/** The same work in each way by turns, so that what else the machine does meets all of them alike, and the medians. */
final class Rounds {
    private static final int ROUNDS = 5;

    private final List<Way> ways = new ArrayList<>();

    private record Way(String name, Callable<Cost> work, List<Cost> costs) {
        Cost median() {
            return costs.stream()
                    .sorted(Comparator.comparingDouble(Cost::cpuMicrosPerToken))
                    .toList()
                    .get(ROUNDS / 2);
        }
    }

    private Rounds add(String name, Callable<Cost> work) {
        ways.add(new Way(name, work, new ArrayList<>()));
        return this;
    }

    static void head() {
        System.out.printf(
                "%-34s %8s %12s %12s %8s %12s%n", "", "streams", "tokens/s", "CPU µs/token", "× bare", "lines × it");
    }

    /** Measures, and prints a row for each. */
    static void print(Served embedded, int streams, int tokensEach) throws Exception {
        try (var process = Served.start(Isolation.PROCESS)) {
            new Rounds()
                    .add("the generator by itself", () -> Alone.bare(streams, tokensEach))
                    .add("embedded", () -> embedded.run(streams, tokensEach))
                    .add("process, both counted", () -> process.run(streams, tokensEach))
                    .add("JSON lines on a pipe, both counted", () -> Alone.lines(streams, tokensEach))
                    .print(streams);
        }
    }

    private void print(int streams) throws Exception {
        for (var way : ways) way.work.call(); // warm-up
        for (int i = 0; i < ROUNDS; i++) for (var way : ways) way.costs.add(way.work.call());
        double bare = ways.getFirst().median().cpuMicrosPerToken();
        double lines = ways.getLast().median().cpuMicrosPerToken();
        for (var way : ways) {
            var cost = way.median();
            System.out.printf(
                    "%-34s %8d %,12.0f %12.2f %8.2f %12.2f%n",
                    way.name,
                    streams,
                    cost.tokensPerSecond(),
                    cost.cpuMicrosPerToken(),
                    cost.cpuMicrosPerToken() / bare,
                    lines / cost.cpuMicrosPerToken());
        }
    }
}
