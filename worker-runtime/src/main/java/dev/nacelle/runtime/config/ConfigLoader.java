package dev.nacelle.runtime.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a {@link ConfigSource} and binds it to records. A <em>part</em> is a record whose components are top-level keys;
 * each role brings its own. Stateless; any thread.
 */
public final class ConfigLoader {
    /** Enough for 2^20 characters of any script. */
    private static final int BYTES_MAX = 4 * YamlReader.CHARS_MAX;

    private ConfigLoader() {}

    /**
     * Binds the parts and leaves {@link RawSection}s raw, for {@link Configuration#bind}.
     *
     * @throws ConfigException with every mistake in the source
     * @throws IllegalArgumentException if the parts themselves are wrong: two claim one key, or a component's type is none
     *     that a configuration can give
     */
    public static Configuration load(ConfigSource source, List<Class<? extends Record>> parts) {
        return load(source, parts, SectionTypes.NONE);
    }

    /**
     * Binds the parts, then the sections whose type a sibling selects, so that mistakes in both come together.
     *
     * @throws ConfigException with every mistake in the source
     * @throws IllegalArgumentException as above
     */
    public static Configuration load(
            ConfigSource source, List<Class<? extends Record>> parts, SectionTypes sectionTypes) {
        rejectSharedKeys(parts);
        var problems = new ArrayList<ConfigProblem>();
        var near = root(source);
        var root = read(source, problems);
        boolean unreadable = root.isEmpty() && !problems.isEmpty();
        var overlays = Layers.of(source, problems);
        if (unreadable) {
            throw new ConfigException(problems);
        }
        var binder = new Binder(source.baseFolder(), KnownKeys.of(parts), problems);
        var bound = binder.parts(parts, new Input(root, overlays, near));
        var sections = selected(binder, bound, sectionTypes, problems);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new Configuration(bound, sections);
    }

    private static void rejectSharedKeys(List<Class<? extends Record>> parts) {
        var owners = new HashMap<String, Class<?>>();
        for (var part : parts) {
            for (var field : RecordFields.of(part)) {
                var other = owners.put(field.key(), part);
                if (other != null) {
                    throw new IllegalArgumentException("%s and %s both have the top-level key %s"
                            .formatted(other.getName(), part.getName(), field.key()));
                }
            }
        }
    }

    private static Map<RawSection, Binder.Bound> selected(
            Binder binder,
            Map<Class<? extends Record>, Binder.Bound> bound,
            SectionTypes sectionTypes,
            List<ConfigProblem> problems) {
        var sections = new HashMap<RawSection, Binder.Bound>();
        var found = binder.selected();
        var types = sectionTypes.types(new SectionTypes.Parts() {
            @Override
            public <T extends Record> Optional<T> part(Class<T> type) {
                return Optional.ofNullable(bound.get(type))
                        .map(Binder.Bound::value)
                        .map(type::cast);
            }
        });
        if (types.isEmpty()) {
            return sections;
        }
        for (var each : found) {
            var type = types.get().get(each.name());
            if (type == null) {
                var names = types.get().keySet().stream().sorted().toList();
                problems.add(new ConfigProblem(
                        each.nameOrigin(),
                        each.namePath().text(),
                        "found " + Found.quoted(each.name()),
                        names.isEmpty() ? "one that is installed, and none is" : "one of " + String.join(", ", names),
                        NearestKey.of(each.name(), names)));
                continue;
            }
            var raw = each.section();
            var value = raw.binder(problems).section(type, raw.input(), raw.keyPath(), raw.isSecret());
            if (value.valid()) {
                sections.put(raw, value);
            }
        }
        return sections;
    }

    private static Origin root(ConfigSource source) {
        return switch (source.yaml()) {
            case ConfigSource.Yaml.None _ -> new Origin.Default();
            case ConfigSource.Yaml.InFile(var path) -> new Origin.File(path.toString(), 0, 0);
            case ConfigSource.Yaml.Text _ -> new Origin.File("text", 0, 0);
        };
    }

    private static Optional<Node> read(ConfigSource source, List<ConfigProblem> problems) {
        return switch (source.yaml()) {
            case ConfigSource.Yaml.None _ -> Optional.empty();
            case ConfigSource.Yaml.Text(var yaml) -> YamlReader.file(yaml, "text", problems);
            case ConfigSource.Yaml.InFile(var path) ->
                text(path, problems).flatMap(text -> YamlReader.file(text, path.toString(), problems));
        };
    }

    private static Optional<String> text(Path path, List<ConfigProblem> problems) {
        try (var in = Files.newInputStream(path)) {
            var bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                problems.add(fileProblem(path, 0, 0, "more than %,d bytes".formatted(BYTES_MAX), "a smaller file"));
                return Optional.empty();
            }
            return decode(path, bytes, problems);
        } catch (NoSuchFileException _) {
            problems.add(fileProblem(path, 0, 0, "no such file", "a YAML file"));
        } catch (IOException unreadable) {
            var why = Files.isDirectory(path) ? "it is a folder" : unreadable.toString();
            problems.add(fileProblem(path, 0, 0, "cannot be read: " + why, "a YAML file"));
        }
        return Optional.empty();
    }

    private static Optional<String> decode(Path path, byte[] bytes, List<ConfigProblem> problems) {
        var in = ByteBuffer.wrap(bytes);
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(in).toString();
            return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
        } catch (CharacterCodingException _) {
            int line = 1;
            int column = 1;
            for (int i = 0; i < in.position(); i++) {
                if (bytes[i] == '\n') {
                    line++;
                    column = 1;
                } else if ((bytes[i] & 0xC0) != 0x80) {
                    column++;
                }
            }
            problems.add(fileProblem(path, line, column, "a byte that is no UTF-8", "a file saved as UTF-8"));
            return Optional.empty();
        }
    }

    private static ConfigProblem fileProblem(Path path, int line, int column, String found, String expected) {
        return ConfigProblem.of(new Origin.File(path.toString(), line, column), "", found, expected);
    }
}
