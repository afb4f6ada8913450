package dev.nacelle.benchmarks.python;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.util.List;

/** The bench engine without any bridge: by itself, and with JSON lines over a pipe, as one would begin. */
final class Alone {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Alone() {}

    /** Nobody reads. */
    static Cost bare(int streams, int tokensEach) throws Exception {
        var process = start("bare", streams, tokensEach);
        try (var lines = process.inputReader()) {
            var took = JSON.readTree(lines.readLine()).get("done");
            return new Cost(
                    (long) streams * tokensEach, (long) (1e9 * took.get("cpu_s").asDouble()), (long)
                            (1e9 * took.get("wall_s").asDouble()));
        } finally {
            end(process);
        }
    }

    /** This process reads a line per token, and parses it. */
    static Cost lines(int streams, int tokensEach) throws Exception {
        var process = start("lines", streams, tokensEach);
        try (var lines = process.inputReader()) {
            read(lines, (long) streams * (Math.max(1, tokensEach / 10) + 1));
            long cpu = Cpu.nanos();
            long wall = System.nanoTime();
            read(lines, (long) streams * (tokensEach + 1));
            var cost = new Cost((long) streams * tokensEach, Cpu.nanos() - cpu, System.nanoTime() - wall);
            lines.readLine();
            return cost;
        } finally {
            end(process);
        }
    }

    /** Waits until it is gone: while it is a child, what it took counts as work of this process. */
    private static void end(Process process) throws Exception {
        process.destroy();
        process.onExit().get();
    }

    private static void read(BufferedReader from, long lines) throws Exception {
        long tokens = 0;
        for (long i = 0; i < lines; i++)
            tokens += JSON.readTree(from.readLine()).get("token_ids").size();
        if (tokens == 0) throw new AssertionError("no tokens");
    }

    private static Process start(String way, int streams, int tokensEach) throws Exception {
        return new ProcessBuilder(List.of(
                        "python3",
                        Served.FOLDER.resolve("bench_engine.py").toString(),
                        way,
                        Integer.toString(streams),
                        Integer.toString(tokensEach)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
