package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.config.ConfigException;
import dev.nacelle.runtime.config.RawSection;
import dev.nacelle.runtime.role.HostServices;
import dev.nacelle.runtime.role.Role;
import dev.nacelle.runtime.role.RunningRole;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.LLMEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The role {@code workers}: loads engines and serves them on the plane. */
public final class WorkersRole implements Role<WorkersPart> {
    /** What the contract gives an engine to end a cancelled request. */
    private static final Duration CANCEL_LIMIT = Duration.ofSeconds(2);

    private final Duration cancelLimit;

    /** For {@link java.util.ServiceLoader}. */
    public WorkersRole() {
        this(CANCEL_LIMIT);
    }

    WorkersRole(Duration cancelLimit) {
        this.cancelLimit = cancelLimit;
    }

    @Override
    public String name() {
        return "workers";
    }

    @Override
    public Class<WorkersPart> configuration() {
        return WorkersPart.class;
    }

    /**
     * Starts all workers in parallel; returns when each serves. When a stop is asked for meanwhile, it returns when the
     * engines' own starts have returned; the drain that follows cleans up.
     */
    @Override
    public RunningRole start(WorkersPart configuration, HostServices host) throws StartException, InterruptedException {
        if (configuration.workers().isEmpty())
            throw mistake(host, "workers", "at least one worker, or roles without 'workers'");
        var workers = new ArrayList<Worker>();
        try {
            for (int i = 0; i < configuration.workers().size(); i++) {
                var config = configuration.workers().get(i);
                for (int j = 0; j < config.replicas(); j++)
                    workers.add(create("workers[%d]".formatted(i), config, host));
            }
        } catch (StartException | RuntimeException | Error e) {
            workers.forEach(Worker::close);
            throw e;
        }
        return RunningWorkers.start(workers, host.stop());
    }

    private Worker create(String key, WorkerConfig config, HostServices host) throws StartException {
        var folder = config.model().path();
        if (folder.isPresent() && !Files.exists(folder.get()))
            throw mistake(host, key + ".model.path", "a folder that is there");
        var template = config.model().chatTemplate();
        if (template.isPresent()
                && !ServedModel.isTemplate(template.get())
                && !Files.isRegularFile(Path.of(template.get())))
            throw mistake(host, key + ".model.chat_template", "a file that is there, or the text of a template");
        var provider = host.engines().provider(config.engine());
        var engine = new Engine(config.engine(), create(key, provider, config.options(), host));
        return new Worker(config, WorkerPlace.of(config, host.namespace()), engine, host, cancelLimit);
    }

    private static <O extends Record> LLMEngine create(
            String key, EngineProvider<O> provider, RawSection options, HostServices host) throws StartException {
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        thread.setContextClassLoader(provider.getClass().getClassLoader());
        try {
            return provider.create(host.configuration().bind(options, provider.optionsType()));
        } catch (ConfigException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        } catch (IllegalArgumentException e) {
            throw new StartException(
                    "%s (%s): engine '%s': %s"
                            .formatted(options.path(), options.origin(), provider.name(), e.getMessage()),
                    e);
        } catch (RuntimeException | LinkageError e) {
            throw new StartException("%s: engine '%s' could not be created: %s".formatted(key, provider.name(), e), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static StartException mistake(HostServices host, String setting, String expected) {
        var mistake = host.configuration().mistake(setting, expected, List.of());
        return new StartException(String.valueOf(mistake.getMessage()), mistake);
    }
}
