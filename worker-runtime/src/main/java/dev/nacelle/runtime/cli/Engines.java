package dev.nacelle.runtime.cli;

import dev.nacelle.runtime.engine.EngineCatalog;
import dev.nacelle.runtime.role.StartException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code nacelle engines}: what {@code engine:} may name. */
@Command(name = "engines", description = "Lists the engines that are installed.", mixinStandardHelpOptions = true)
final class Engines implements Callable<Integer> {
    @Option(
            names = "--engine-path",
            paramLabel = "PATH",
            description = "A jar, or a folder of jars, with more engines. May be repeated.")
    private List<Path> enginePath = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws StartException {
        var out = spec.commandLine().getOut();
        try (var catalog = EngineCatalog.load(enginePath)) {
            for (var entry : catalog.entries())
                out.printf("%-12s %s (%s)%n", entry.name(), entry.description(), entry.origin());
        }
        out.flush();
        return 0;
    }
}
