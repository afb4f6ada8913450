package dev.nacelle.runtime.cli;

import dev.nacelle.runtime.config.ConfigException;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.role.StartException;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line. */
@Command(
        name = "nacelle",
        description = "Serves LLM engines written in Java or Python, with metrics and an OpenAI-compatible API.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    static final int EXIT_FAILED = 1;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Shows the stack trace of what went wrong.")
    boolean debug;

    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        var main = new Main();
        var line = new CommandLine(main)
                .addSubcommand(new Run())
                .addSubcommand(new Check())
                .addSubcommand(new Config())
                .addSubcommand(new Engines())
                .addSubcommand(new Metrics())
                .addSubcommand("completion", new GenerateCompletion())
                .addSubcommand(new HelpCommand());
        for (var role : HostConfig.availableRoles()) role.subcommands().forEach(line::addSubcommand);
        return line.setExecutionExceptionHandler((failure, command, _) -> {
            var err = command.getErr();
            err.println("nacelle: " + message(failure));
            if (main.debug) failure.printStackTrace(err);
            err.flush();
            return EXIT_FAILED;
        });
    }

    /** What to tell a person: an operator's mistake as it is, a defect with its class, as the message may say little. */
    private static String message(Exception failure) {
        return switch (failure) {
            case StartException _, ConfigException _ -> String.valueOf(failure.getMessage());
            default -> "%s (this is a defect; --debug shows where)".formatted(failure);
        };
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "nacelle " + (version == null ? "(not packaged)" : version),
                "Java %s, %s".formatted(Runtime.version(), System.getProperty("java.vm.vendor"))
            };
        }
    }
}
