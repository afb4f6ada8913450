package dev.nacelle.runtime.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A part of the configuration whose record is chosen later, such as an engine's options. {@link Configuration#bind}
 * turns it into that record. Two sections are equal only if they are the same.
 */
public final class RawSection {
    private final KeyPath path;
    private final Input input;
    private final Path baseFolder;
    private final boolean secret;

    RawSection(KeyPath path, Input input, Path baseFolder, boolean secret) {
        this.path = path;
        this.input = input;
        this.baseFolder = baseFolder;
        this.secret = secret;
    }

    /** A section in which nothing is set, for configurations made by code. */
    public static RawSection empty() {
        return new RawSection(KeyPath.ROOT, Input.absent(new Origin.Default()), Path.of(""), false);
    }

    /** Where it stands: {@code workers[0].options}. */
    public String path() {
        return path.text();
    }

    /** Where it was written; where it should have been if it was not. */
    public Origin origin() {
        return input.node().map(Node::origin).orElse(input.near());
    }

    /**
     * What is in it, as it stands: text, Boolean, Long, BigInteger, Double, List, Map or null; empty if nothing is set.
     *
     * @throws ConfigException if it is no section with keys
     */
    public Map<String, @Nullable Object> values() {
        var problems = new ArrayList<ConfigProblem>();
        var node = Overlay.apply(input.node(), input.overlays(), path, problems).filter(n -> !Node.isNull(n));
        if (node.isPresent() && !(node.get() instanceof Node.Mapping)) {
            problems.add(ConfigProblem.of(
                    origin(), path(), Found.of(node.get()), new Shape.Raw(Optional.empty()).expected()));
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return node.map(Free::map).orElseGet(Map::of);
    }

    KeyPath keyPath() {
        return path;
    }

    Input input() {
        return input;
    }

    Binder binder(List<ConfigProblem> problems) {
        return new Binder(baseFolder, new KnownKeys(List.of()), problems);
    }

    boolean isSecret() {
        return secret;
    }

    /** As it is printed before it is bound: nobody knows yet which of its values are secret. */
    Printed masked() {
        return Overlay.apply(input.node(), input.overlays(), path, new ArrayList<>())
                .filter(node -> !Node.isNull(node))
                .map(node -> Printed.free(node, true))
                .orElseGet(() -> new Printed.Leaf("{}", origin()));
    }

    @Override
    public String toString() {
        return "section " + path.text() + " (" + origin() + ")";
    }
}
