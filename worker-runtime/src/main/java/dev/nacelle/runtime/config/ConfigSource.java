package dev.nacelle.runtime.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a configuration is read from: at most one YAML text, an environment, and {@code --set} expressions. Immutable;
 * each {@code with…} returns a changed copy. Nothing is read before {@link ConfigLoader#load}.
 */
public final class ConfigSource {
    private final Path baseFolder;
    private final Yaml yaml;
    private final Map<String, String> environment;
    private final List<String> sets;

    /** The YAML layer. */
    sealed interface Yaml {
        record None() implements Yaml {}

        record InFile(Path path) implements Yaml {}

        record Text(String yaml) implements Yaml {}
    }

    private ConfigSource(Path baseFolder, Yaml yaml, Map<String, String> environment, List<String> sets) {
        this.baseFolder = baseFolder.toAbsolutePath().normalize();
        this.yaml = yaml;
        this.environment = Map.copyOf(environment);
        this.sets = List.copyOf(sets);
    }

    /**
     * Defaults only: no file, no environment.
     *
     * @param baseFolder what relative paths are relative to
     */
    public static ConfigSource empty(Path baseFolder) {
        return new ConfigSource(baseFolder, new Yaml.None(), Map.of(), List.of());
    }

    /** Reads this file; relative paths are then relative to its folder. */
    public ConfigSource withFile(Path file) {
        var folder = file.toAbsolutePath().normalize().getParent();
        return new ConfigSource(folder == null ? baseFolder : folder, new Yaml.InFile(file), environment, sets);
    }

    /** Takes this text for the file. */
    public ConfigSource withText(String text, Path baseFolder) {
        return new ConfigSource(baseFolder, new Yaml.Text(text), environment, sets);
    }

    /**
     * Adds what {@code --set} takes: {@code frontend.port=0}, {@code workers[0].options={rate: 5}}. Later ones win over
     * earlier ones.
     */
    public ConfigSource withSet(String expression) {
        var more = new ArrayList<>(sets);
        more.add(expression);
        return new ConfigSource(baseFolder, yaml, environment, more);
    }

    /** Uses the {@code NACELLE_…} variables of this environment, usually {@link System#getenv()}. */
    public ConfigSource withEnvironment(Map<String, String> environment) {
        return new ConfigSource(baseFolder, yaml, environment, sets);
    }

    Path baseFolder() {
        return baseFolder;
    }

    Yaml yaml() {
        return yaml;
    }

    Map<String, String> environment() {
        return environment;
    }

    List<String> sets() {
        return sets;
    }
}
