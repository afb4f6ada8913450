package dev.nacelle.runtime.cli;

import dev.nacelle.runtime.config.JsonSchema;
import dev.nacelle.runtime.engine.EngineCatalog;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.role.StartException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code nacelle config}: what holds, and why. */
@Command(
        name = "config",
        description = "Prints the effective configuration, with the origin of each value; secrets are masked.",
        mixinStandardHelpOptions = true)
final class Config implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(names = "--schema", description = "Prints a JSON Schema for editors instead.")
    private boolean schema;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws StartException {
        var out = spec.commandLine().getOut();
        if (schema) {
            try (var engines = EngineCatalog.load(List.of())) {
                out.println(JsonSchema.of(HostConfig.parts(HostConfig.availableRoles()), engines.optionsTypes()));
            }
        } else {
            try (var config = options.load()) {
                out.print(config.configuration().render());
            }
        }
        out.flush();
        return 0;
    }
}
