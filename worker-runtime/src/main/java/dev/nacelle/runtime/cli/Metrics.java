package dev.nacelle.runtime.cli;

import dev.nacelle.runtime.exposition.ExpositionReport;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code nacelle metrics}: what our parser makes of somebody's exposition. */
@Command(
        name = "metrics",
        description = {
            "Reads a Prometheus exposition and prints its families, types and series, and every complaint with its line.",
            "Exit code 0: everything can be taken as it stands."
        },
        mixinStandardHelpOptions = true)
final class Metrics implements Callable<Integer> {
    @Parameters(paramLabel = "FILE|URL", description = "Text 0.0.4 or OpenMetrics 1.0.")
    private String place = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        try {
            var report = ExpositionReport.read(place);
            var out = spec.commandLine().getOut();
            out.print(report.toText());
            out.flush();
            return report.isClean() ? 0 : Main.EXIT_FAILED;
        } catch (IOException | IllegalArgumentException e) { // the latter: no path, or no address
            var err = spec.commandLine().getErr();
            err.printf("nacelle: %s cannot be read: %s%n", place, e);
            err.flush();
            return Main.EXIT_FAILED;
        }
    }
}
