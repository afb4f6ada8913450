package dev.nacelle.runtime.engine;

import dev.nacelle.runtime.config.NearestKey;
import dev.nacelle.runtime.role.EngineSource;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.spi.EngineProvider;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engines that {@code engine:} may name: those of the distribution, and those that {@code engine_path} adds, each
 * entry behind a class loader of its own. Immutable; closing it releases the class loaders, so that is for the very end,
 * when every engine has been cleaned up.
 */
public final class EngineCatalog implements EngineSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineCatalog.class);

    private final Map<String, Entry> entries;
    private final List<URLClassLoader> loaders;

    private EngineCatalog(Map<String, Entry> entries, List<URLClassLoader> loaders) {
        this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        this.loaders = List.copyOf(loaders);
    }

    /**
     * One engine.
     *
     * @param name what {@code engine:} names
     * @param description one line
     * @param optionsType the record of its options
     * @param origin where it comes from: {@code distribution}, or the entry of {@code engine_path}
     * @param provider makes it
     */
    public record Entry(
            String name,
            String description,
            Class<? extends Record> optionsType,
            String origin,
            EngineProvider<?> provider) {}

    /**
     * Finds the engines.
     *
     * @param enginePath jars and folders of jars
     * @throws StartException when an entry of the path cannot be used or two engines have one name; it names the place
     */
    public static EngineCatalog load(List<Path> enginePath) throws StartException {
        var loaders = new ArrayList<URLClassLoader>();
        try {
            var found = new ArrayList<>(Providers.load("distribution", EngineCatalog.class.getClassLoader()));
            for (var path : enginePath) {
                var loader = EngineJars.at(path).open(new SharedLoader());
                loaders.add(loader);
                var engines = Providers.load("engine_path " + path, loader);
                if (engines.isEmpty())
                    throw new StartException(
                            "engine_path %s: no engine in it; an engine's jar names its provider in META-INF/services/%s"
                                    .formatted(path, EngineProvider.class.getName()));
                found.addAll(engines);
            }
            return new EngineCatalog(byName(found), loaders);
        } catch (StartException | RuntimeException | Error e) {
            loaders.forEach(EngineCatalog::close);
            throw e;
        }
    }

    /** Every engine, by name. */
    public List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    /** The record of each engine's options, by the engine's name. */
    public Map<String, Class<? extends Record>> optionsTypes() {
        var types = new LinkedHashMap<String, Class<? extends Record>>();
        entries.values().forEach(entry -> types.put(entry.name(), entry.optionsType()));
        return types;
    }

    @Override
    public EngineProvider<?> provider(String name) throws StartException {
        var entry = entries.get(name);
        if (entry != null) return entry.provider();
        var near = NearestKey.of(name, entries.keySet())
                .map(" Did you mean '%s'?"::formatted)
                .orElse("");
        throw new StartException("engine '%s' is not installed.%s Installed: %s"
                .formatted(name, near, entries.isEmpty() ? "none" : String.join(", ", entries.keySet())));
    }

    @Override
    public void close() {
        loaders.forEach(EngineCatalog::close);
    }

    private static Map<String, Entry> byName(List<Entry> found) throws StartException {
        var byName = new TreeMap<String, Entry>();
        for (var entry : found) {
            var other = byName.putIfAbsent(entry.name(), entry);
            if (other != null)
                throw new StartException("engine '%s' is there twice: %s (%s) and %s (%s); take one away"
                        .formatted(
                                entry.name(),
                                other.provider().getClass().getName(),
                                other.origin(),
                                entry.provider().getClass().getName(),
                                entry.origin()));
        }
        return byName;
    }

    private static void close(URLClassLoader loader) {
        try {
            loader.close();
        } catch (IOException e) {
            LOG.warn("{} did not close", loader.getName(), e);
        }
    }
}
