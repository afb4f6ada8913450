package dev.nacelle.runtime.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * YAML text to {@link Node}s, straight from the parser's events: that way size, depth and what aliases expand to are
 * bounded before anything is built. One reader reads one text.
 */
final class YamlReader {
    static final int CHARS_MAX = 1 << 20;
    static final int DEPTH_MAX = 64;
    static final int NODES_MAX = 100_000;

    private final BiFunction<Integer, Integer, Origin> origins;
    private final List<ConfigProblem> problems;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private int nodes;

    /** A node and how many nodes it has when every alias in it is written out. */
    private record Anchored(Node node, int nodes) {}

    /** Ends the reading; the problem is already in the list. */
    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private YamlReader(BiFunction<Integer, Integer, Origin> origins, List<ConfigProblem> problems) {
        this.origins = origins;
        this.problems = problems;
    }

    /** The root of a file's text; empty when it has none or cannot be read, which is then among the problems. */
    static Optional<Node> file(String text, String name, List<ConfigProblem> problems) {
        return new YamlReader((line, column) -> new Origin.File(name, line, column), problems).read(text);
    }

    /**
     * A single value, as in an environment variable: a flow collection or a quoted text when it begins like one, and
     * otherwise what stands there, to the letter ({@code #} and {@code :} mean nothing). No text at all is empty text.
     */
    static Optional<Node> value(String text, Origin origin, List<ConfigProblem> problems) {
        var stripped = text.strip();
        if (!stripped.isEmpty() && "[{\"'".indexOf(stripped.charAt(0)) >= 0) {
            return new YamlReader((_, _) -> origin, problems).read(stripped);
        }
        return Optional.of(new Node.Scalar(stripped, !stripped.isEmpty(), origin));
    }

    private Optional<Node> read(String text) {
        if (text.length() > CHARS_MAX) {
            problem(0, 0, "%,d characters of YAML".formatted(text.length()), "at most %,d".formatted(CHARS_MAX));
            return Optional.empty();
        }
        try {
            var settings = LoadSettings.builder().setCodePointLimit(CHARS_MAX).build();
            return document(new Parse(settings).parseString(text).iterator());
        } catch (Unreadable _) {
            return Optional.empty();
        } catch (ReaderException character) {
            var before = text.substring(0, text.offsetByCodePoints(0, Math.max(0, character.getPosition())));
            int line = (int) before.lines().count() + (before.isEmpty() || before.endsWith("\n") ? 1 : 0);
            int column = before.length() - before.lastIndexOf('\n');
            problem(line, column, "the character U+%04X".formatted(character.getCodePoint()), "printable text");
        } catch (MarkedYamlEngineException syntax) {
            var mark = syntax.getProblemMark().or(syntax::getContextMark);
            problem(line(mark), column(mark), SyntaxMessage.of(syntax), "");
        } catch (YamlEngineException other) {
            problem(0, 0, "no readable YAML: " + other.getMessage(), "");
        }
        return Optional.empty();
    }

    private Optional<Node> document(Iterator<Event> events) {
        Optional<Node> root = Optional.empty();
        while (events.hasNext()) {
            var event = events.next();
            if (event instanceof DocumentStartEvent && root.isPresent()) {
                throw fail(event, "a second document", "one YAML document in the file");
            }
            if (event instanceof NodeEvent node) {
                root = Optional.of(node(node, events, 1));
            }
        }
        return root;
    }

    /** Recursive, to {@link #DEPTH_MAX}. */
    private Node node(NodeEvent event, Iterator<Event> events, int depth) {
        if (event instanceof AliasEvent alias) {
            return aliased(alias);
        }
        int before = nodes;
        count(event, 1);
        if (depth > DEPTH_MAX) {
            throw fail(event, "more than %d levels".formatted(DEPTH_MAX), "a flatter file");
        }
        Node node = switch (event) {
            case ScalarEvent scalar -> scalar(scalar);
            case SequenceStartEvent start -> sequence(start, events, depth);
            case MappingStartEvent start -> mapping(start, events, depth);
            default -> throw fail(event, "something unknown", "a value");
        };
        event.getAnchor().ifPresent(anchor -> anchors.put(anchor, new Anchored(node, nodes - before)));
        return node;
    }

    private Node aliased(AliasEvent alias) {
        var target = anchors.get(alias.getAlias());
        if (target == null) {
            throw fail(
                    alias,
                    "the alias *%s".formatted(alias.getAlias()),
                    "an anchor &%s that ends before it".formatted(alias.getAlias()));
        }
        count(alias, target.nodes);
        return target.node;
    }

    private Node scalar(ScalarEvent event) {
        rejectTag(event, event.getTag().filter(tag -> !tag.endsWith(":str")));
        return new Node.Scalar(
                event.getValue(), event.isPlain() && event.getTag().isEmpty(), origin(event));
    }

    private Node sequence(SequenceStartEvent start, Iterator<Event> events, int depth) {
        rejectTag(start, start.getTag());
        var items = new ArrayList<Node>();
        for (var event = events.next(); !(event instanceof SequenceEndEvent); event = events.next()) {
            items.add(node((NodeEvent) event, events, depth + 1));
        }
        return new Node.Sequence(Collections.unmodifiableList(items), origin(start));
    }

    private Node mapping(MappingStartEvent start, Iterator<Event> events, int depth) {
        rejectTag(start, start.getTag());
        var entries = new LinkedHashMap<String, Node.Entry>();
        for (var event = events.next(); !(event instanceof MappingEndEvent); event = events.next()) {
            if (!(event instanceof ScalarEvent key)) {
                throw fail(event, "a key that is not plain text", "a name before the colon");
            }
            count(key, 1);
            var value = node((NodeEvent) events.next(), events, depth + 1);
            var earlier = entries.putIfAbsent(key.getValue(), new Node.Entry(origin(key), value));
            if (earlier != null) {
                var found = "the key \"%s\" a second time".formatted(key.getValue());
                problems.add(ConfigProblem.of(origin(key), "", found, "it once; the first is at " + earlier.key()));
            }
        }
        return new Node.Mapping(Collections.unmodifiableMap(entries), origin(start));
    }

    private void count(Event at, int more) {
        nodes += more;
        if (nodes > NODES_MAX) {
            throw fail(at, "more than %,d values (aliases written out)".formatted(NODES_MAX), "a smaller file");
        }
    }

    private void rejectTag(Event at, Optional<String> tag) {
        if (tag.isPresent() && !(at instanceof CollectionStartEvent start && start.isImplicit())) {
            throw fail(at, "the tag " + tag.get(), "a value without a tag");
        }
    }

    private Unreadable fail(Event at, String found, String expected) {
        problems.add(ConfigProblem.of(origin(at), "", found, expected));
        throw new Unreadable();
    }

    private void problem(int line, int column, String found, String expected) {
        problems.add(ConfigProblem.of(origins.apply(line, column), "", found, expected));
    }

    private Origin origin(Event event) {
        var mark = event.getStartMark();
        return origins.apply(line(mark), column(mark));
    }

    private static int line(Optional<Mark> mark) {
        return mark.map(Mark::getLine).orElse(-1) + 1;
    }

    private static int column(Optional<Mark> mark) {
        return mark.map(Mark::getColumn).orElse(-1) + 1;
    }
}
