package dev.nacelle.runtime.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A valid configuration: the bound records, and for each setting where it came from. Safe for any thread; the only thing
 * that changes is that sections bound later are printed too.
 */
public final class Configuration {
    private final Map<Class<? extends Record>, Binder.Bound> parts;
    private final Map<RawSection, Binder.Bound> sections;

    Configuration(Map<Class<? extends Record>, Binder.Bound> parts, Map<RawSection, Binder.Bound> sections) {
        this.parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
        this.sections = new ConcurrentHashMap<>(sections);
    }

    /**
     * A part as it was bound.
     *
     * @throws IllegalArgumentException if the configuration was not loaded with this part
     */
    public <T extends Record> T part(Class<T> type) {
        var bound = parts.get(type);
        if (bound == null) {
            throw new IllegalArgumentException(
                    "%s is no part of this configuration; its parts are %s".formatted(type, parts.keySet()));
        }
        return Objects.requireNonNull(type.cast(bound.value()));
    }

    /**
     * The section as a record. One that was bound before, at loading or here, and to the same type, is the same object.
     *
     * @throws ConfigException with every mistake in the section
     */
    public <T extends Record> T bind(RawSection section, Class<T> type) {
        var earlier = sections.get(section);
        if (earlier != null && type.isInstance(earlier.value())) {
            return Objects.requireNonNull(type.cast(earlier.value()));
        }
        var problems = new ArrayList<ConfigProblem>();
        var bound = section.binder(problems).section(type, section.input(), section.keyPath(), section.isSecret());
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        sections.put(section, bound);
        return Objects.requireNonNull(type.cast(bound.value()));
    }

    /** Every setting in the order of the records, with its value as YAML and its origin; secrets are masked. */
    public List<EffectiveSetting> effective() {
        return EffectiveYaml.settings(printed());
    }

    /**
     * The effective configuration as YAML, the origin of each value as a comment; secrets are masked. Read again, it gives
     * the same records but for what is masked.
     */
    public String render() {
        return EffectiveYaml.render(printed());
    }

    /**
     * A mistake that only who uses the value can see, such as a name of something that is not there; to be thrown.
     *
     * @param path of a setting that was bound, such as {@code roles[0]}
     * @param expected what would be right; empty to list the valid words
     * @param valid the words that would be right, for the nearest of them; may be empty
     */
    public ConfigException mistake(String path, String expected, Collection<String> valid) {
        var found = effective().stream()
                .filter(setting -> setting.path().equals(path))
                .findFirst()
                .orElse(new EffectiveSetting(path, "null", new Origin.Default()));
        var words = expected.isEmpty() ? "one of " + String.join(", ", valid) : expected;
        return new ConfigException(List.of(new ConfigProblem(
                found.origin(), path, "found " + found.value(), words, NearestKey.of(found.value(), valid))));
    }

    private Printed printed() {
        var keys = new LinkedHashMap<String, Printed>();
        for (var part : parts.values()) {
            if (part.printed() instanceof Printed.Keys(var own)) {
                keys.putAll(own);
            }
        }
        return Printed.keys(keys, new Origin.Default()).with(this::printed);
    }

    private Printed printed(RawSection section) {
        var bound = sections.get(section);
        if (bound != null) {
            return bound.printed().with(this::printed);
        }
        return section.masked();
    }
}
