package dev.nacelle.runtime.host;

import dev.nacelle.runtime.config.ConfigException;
import dev.nacelle.runtime.config.ConfigLoader;
import dev.nacelle.runtime.config.ConfigSource;
import dev.nacelle.runtime.config.Configuration;
import dev.nacelle.runtime.config.SectionTypes;
import dev.nacelle.runtime.engine.EngineCatalog;
import dev.nacelle.runtime.plane.PlaneProvider;
import dev.nacelle.runtime.role.Role;
import dev.nacelle.runtime.role.StartException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * A valid configuration together with the roles and engines it speaks of. Made by {@link #load}, consumed by
 * {@link Nacelle#start}; closing it releases the class loaders of engines from outside, which a host does when it stops.
 */
public final class HostConfig implements AutoCloseable {
    private final Configuration configuration;
    private final EngineCatalog engines;
    private final PlaneProvider<?> plane;
    private final List<Role<?>> roles;

    private HostConfig(
            Configuration configuration, EngineCatalog engines, PlaneProvider<?> plane, List<Role<?>> roles) {
        this.configuration = configuration;
        this.engines = engines;
        this.plane = plane;
        this.roles = roles;
    }

    /**
     * Reads and checks a configuration.
     *
     * @throws ConfigException with every mistake there is, each located
     * @throws StartException when an engine from outside cannot be loaded
     */
    public static HostConfig load(ConfigSource source) throws StartException {
        var roles = availableRoles();
        var types = new EngineTypes();
        try {
            var configuration = ConfigLoader.load(source, parts(roles), types);
            return new HostConfig(
                    configuration, types.catalog(), chosenPlane(configuration), chosen(configuration, roles));
        } catch (ConfigException | StartException e) {
            types.close();
            throw e;
        }
    }

    /** A configuration file, without environment or overrides. */
    public static HostConfig of(Path file) throws StartException {
        return load(ConfigSource.empty(Path.of("")).withFile(file));
    }

    /** A configuration text; relative paths in it are relative to {@code baseFolder}. */
    public static HostConfig ofYaml(String yaml, Path baseFolder) throws StartException {
        return load(ConfigSource.empty(baseFolder).withText(yaml, baseFolder));
    }

    /** Every role on the class path, chosen or not: all of them bring settings and subcommands. */
    public static List<Role<?>> availableRoles() {
        var roles = new ArrayList<Role<?>>();
        ServiceLoader.load(Role.class, HostConfig.class.getClassLoader()).forEach(roles::add);
        return List.copyOf(roles);
    }

    /** Every plane on the class path, chosen or not: all of them bring settings. */
    private static List<PlaneProvider<?>> availablePlanes() {
        var planes = new ArrayList<PlaneProvider<?>>();
        ServiceLoader.load(PlaneProvider.class, HostConfig.class.getClassLoader())
                .forEach(planes::add);
        return List.copyOf(planes);
    }

    /** The records that make up a configuration: the host's, then each plane's, then each role's. */
    public static List<Class<? extends Record>> parts(List<Role<?>> roles) {
        var parts = new ArrayList<Class<? extends Record>>();
        parts.add(HostPart.class);
        availablePlanes().forEach(plane -> parts.add(plane.configuration()));
        roles.forEach(role -> parts.add(role.configuration()));
        return parts;
    }

    public Configuration configuration() {
        return configuration;
    }

    public EngineCatalog engines() {
        return engines;
    }

    PlaneProvider<?> plane() {
        return plane;
    }

    List<Role<?>> roles() {
        return roles;
    }

    /** What is logged, and how: for whoever owns the process's log. */
    public LogConfig log() {
        return host().log();
    }

    /** The first level of every worker's chain. */
    public String namespace() {
        return host().namespace();
    }

    HostPart host() {
        return configuration.part(HostPart.class);
    }

    @Override
    public void close() {
        engines.close();
    }

    private static PlaneProvider<?> chosenPlane(Configuration configuration) {
        var byName = new TreeMap<String, PlaneProvider<?>>();
        availablePlanes().forEach(plane -> byName.put(plane.name(), plane));
        var plane = byName.get(configuration.part(HostPart.class).plane());
        if (plane == null) throw configuration.mistake("plane", "", byName.keySet());
        return plane;
    }

    private static List<Role<?>> chosen(Configuration configuration, List<Role<?>> available) {
        var byName = new TreeMap<String, Role<?>>();
        available.forEach(role -> byName.put(role.name(), role));
        var names = configuration.part(HostPart.class).roles();
        var chosen = new ArrayList<Role<?>>();
        for (int i = 0; i < names.size(); i++) {
            var role = byName.get(names.get(i));
            if (role == null) throw configuration.mistake("roles[%d]".formatted(i), "", byName.keySet());
            chosen.add(role);
        }
        return List.copyOf(chosen);
    }

    /** Finds the engines while the configuration is being read, as their options are part of it. */
    private static final class EngineTypes implements SectionTypes {
        private Optional<EngineCatalog> found = Optional.empty();
        private Optional<StartException> failure = Optional.empty();

        @Override
        public Optional<Map<String, Class<? extends Record>>> types(Parts parts) {
            return parts.part(HostPart.class).flatMap(host -> {
                try {
                    var catalog = EngineCatalog.load(host.enginePath());
                    found = Optional.of(catalog);
                    return Optional.of(catalog.optionsTypes());
                } catch (StartException e) {
                    failure = Optional.of(e);
                    return Optional.empty();
                }
            });
        }

        EngineCatalog catalog() throws StartException {
            if (failure.isPresent()) throw failure.get();
            return found.orElseThrow(() -> new IllegalStateException("the engines were never looked for"));
        }

        void close() {
            found.ifPresent(EngineCatalog::close);
        }
    }
}
