package dev.nacelle.runtime.cli;

import dev.nacelle.runtime.config.Configuration;
import dev.nacelle.runtime.config.RawSection;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.runtime.worker.WorkersPart;
import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.conformance.Conformance;
import dev.nacelle.spi.conformance.Report;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code nacelle check}: the conformance kit over every engine of a configuration. */
@Command(
        name = "check",
        description = {
            "Checks every engine of a configuration against the engine contract, and prints a table.",
            "Exit code 1 when a rule was broken."
        },
        mixinStandardHelpOptions = true)
final class Check implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(names = "--only", paramLabel = "RULE", description = "Checks this rule only. May be repeated.")
    private List<String> rules = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws StartException, InterruptedException {
        var out = spec.commandLine().getOut();
        boolean passed = true;
        try (var config = options.load()) {
            for (var worker : config.configuration().part(WorkersPart.class).workers()) {
                var provider = config.engines().provider(worker.engine());
                var kit = Conformance.of(factory(provider, worker.options(), config.configuration()))
                        .withWorker(worker.spec(config.namespace()));
                var report = check(only(kit), provider.getClass().getClassLoader());
                out.printf("engine %s, worker %s/%s%n", worker.engine(), worker.component(), worker.endpoint());
                out.println(report.table());
                out.flush();
                passed &= report.passed();
            }
        }
        return passed ? 0 : Main.EXIT_FAILED;
    }

    /** Libraries inside an engine look in the context class loader for their parts; the kit's threads inherit it. */
    private static Report check(Conformance kit, ClassLoader engines) throws InterruptedException {
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        thread.setContextClassLoader(engines);
        try {
            return kit.check();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private Conformance only(Conformance kit) throws StartException {
        try {
            return rules.isEmpty() ? kit : kit.only(rules.toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            throw new StartException("--only: " + e.getMessage(), e);
        }
    }

    private static <O extends Record> Supplier<LLMEngine> factory(
            EngineProvider<O> provider, RawSection options, Configuration configuration) {
        var bound = configuration.bind(options, provider.optionsType());
        return () -> provider.create(bound);
    }
}
