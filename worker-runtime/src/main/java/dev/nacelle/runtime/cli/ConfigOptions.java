package dev.nacelle.runtime.cli;

import dev.nacelle.runtime.config.ConfigSource;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.role.StartException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which configuration a command is about. */
final class ConfigOptions {
    /** Set by the launcher: where the distribution lies. */
    private static final String HOME = "nacelle.home";

    @Parameters(
            arity = "0..1",
            paramLabel = "CONFIG",
            description = "The configuration file; the distribution's example when there is none.")
    @Nullable
    Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides one setting, e.g. --set workers[0].options.rate=5. May be repeated.")
    List<String> sets = List.of();

    ConfigSource source() throws StartException {
        var source = ConfigSource.empty(Path.of("")).withFile(path()).withEnvironment(System.getenv());
        for (var set : sets) source = source.withSet(set);
        return source;
    }

    HostConfig load() throws StartException {
        return HostConfig.load(source());
    }

    private Path path() throws StartException {
        if (file != null) return file;
        var home = System.getProperty(HOME);
        if (home == null)
            throw new StartException("no configuration file was given: name one, as in `nacelle run my.yaml`");
        return Path.of(home, "examples", "configs", "austen.yaml");
    }
}
