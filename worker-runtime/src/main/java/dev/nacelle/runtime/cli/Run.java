package dev.nacelle.runtime.cli;

import dev.nacelle.runtime.host.Host;
import dev.nacelle.runtime.role.StartException;
import java.io.Console;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code nacelle run}: serves until a signal comes. */
@Command(
        name = "run",
        description = {
            "Serves what a configuration describes, until SIGTERM or SIGINT.",
            "The first signal drains: what runs finishes, new requests are refused. A second one stops at once."
        },
        mixinStandardHelpOptions = true)
final class Run implements Callable<Integer> {
    /** By convention a process ended by a signal exits with this plus the signal's number. */
    private static final int EXIT_SIGNAL = 128;

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws StartException, InterruptedException {
        var config = options.load();
        ServiceLoader.load(LogBackend.class).forEach(backend -> backend.apply(config.log()));
        var out = spec.commandLine().getOut();
        var signalled = new CountDownLatch(1);
        var host = new Host(config);
        Signals.handle(number -> {
            if (signalled.getCount() == 0) Runtime.getRuntime().halt(EXIT_SIGNAL + number);
            host.requestStop();
            signalled.countDown();
        });
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        try (var progress = ProgressDisplay.on(terminal, out)) {
            host.start(progress);
        }
        if (!host.isStopRequested()) {
            host.served().forEach(out::println);
            out.flush();
            signalled.await();
        }
        out.println("stopping: what runs may finish; a second signal stops at once");
        out.flush();
        return host.stop() ? 0 : Main.EXIT_FAILED;
    }
}
