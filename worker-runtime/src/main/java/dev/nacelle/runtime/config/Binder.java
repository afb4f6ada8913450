package dev.nacelle.runtime.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Binds nodes and overlays to records; every mistake goes into one list and the binding goes on. */
final class Binder {
    /** A file of nothing but unknown keys shall not keep us searching. */
    private static final int SEARCHED_MAX = 100;

    private final Path baseFolder;
    private final KnownKeys known;
    private final List<ConfigProblem> problems;
    private final List<Selected> selected = new ArrayList<>();

    /** What became of one value; the rest means something only when valid. */
    record Bound(boolean valid, @Nullable Object value, Printed printed) {
        static final Bound INVALID = new Bound(false, null, new Printed.Leaf("null", new Origin.Default()));
    }

    /** A raw section and the valid value of the key that selects its type. */
    record Selected(RawSection section, String name, KeyPath namePath, Origin nameOrigin) {}

    Binder(Path baseFolder, KnownKeys known, List<ConfigProblem> problems) {
        this.baseFolder = baseFolder;
        this.known = known;
        this.problems = problems;
    }

    /** Raw sections seen so far whose type a sibling selects. */
    List<Selected> selected() {
        return List.copyOf(selected);
    }

    /** A section bound to several records, which share its keys among them. */
    Map<Class<? extends Record>, Bound> parts(List<Class<? extends Record>> types, Input input) {
        var bound = new LinkedHashMap<Class<? extends Record>, Bound>();
        var fields =
                types.stream().flatMap(type -> RecordFields.of(type).stream()).toList();
        keys(input, fields, KeyPath.ROOT, new Shape.Keyed(new Shape.FreeForm()), false)
                .ifPresent(keys -> types.forEach(type -> bound.put(type, construct(type, keys, KeyPath.ROOT, false))));
        return bound;
    }

    Bound section(Class<? extends Record> type, Input input, KeyPath path, boolean secret) {
        return keys(input, RecordFields.of(type), path, new Shape.Section(type), secret)
                .map(keys -> construct(type, keys, path, secret))
                .orElse(Bound.INVALID);
    }

    /** The input of each field, and where the section stands. */
    private record Keys(Map<String, Input> inputs, Origin origin) {
        Input of(Field field) {
            return inputs.getOrDefault(field.key(), Input.absent(origin));
        }
    }

    private Optional<Keys> keys(Input whole, List<Field> fields, KeyPath path, Shape shape, boolean secret) {
        var input = whole.settled();
        var node = input.node().filter(n -> !Node.isNull(n));
        if (node.isPresent() && !(node.get() instanceof Node.Mapping)) {
            mismatch(input, path, shape, secret);
            return Optional.empty();
        }
        var names = fields.stream().map(Field::key).toList();
        var entries = node.map(n -> ((Node.Mapping) n).entries()).orElseGet(Map::of);
        entries.forEach((key, entry) -> {
            if (!names.contains(key)) {
                unknown(key, path.key(key), names, entry.key());
            }
        });
        var overlays = overlaysByKey(input.overlays(), path, names);
        var inputs = new LinkedHashMap<String, Input>();
        for (var name : names) {
            var entry = Optional.ofNullable(entries.get(name));
            var near = entry.map(Node.Entry::key).orElse(input.where());
            inputs.put(name, new Input(entry.map(Node.Entry::value), overlays.getOrDefault(name, List.of()), near));
        }
        return Optional.of(new Keys(inputs, input.where()));
    }

    private Map<String, List<Overlay>> overlaysByKey(List<Overlay> overlays, KeyPath path, List<String> names) {
        var byKey = new LinkedHashMap<String, List<Overlay>>();
        for (var overlay : overlays) {
            var origin = overlay.value().origin();
            var key = overlay.first().asKey();
            if (key.isEmpty()) {
                var at = path.index(overlay.first().asIndex().orElse(0));
                problems.add(ConfigProblem.of(origin, at.text(), "an index", "one of " + String.join(", ", names)));
            } else if (!names.contains(key.get())) {
                unknown(key.get(), path.key(key.get()), names, origin);
            } else {
                byKey.computeIfAbsent(key.get(), _ -> new ArrayList<>()).add(overlay.inside());
            }
        }
        return byKey;
    }

    private void unknown(String key, KeyPath path, List<String> names, Origin where) {
        var expected = names.isEmpty() ? "no keys here" : "one of " + String.join(", ", names);
        boolean searched = problems.size() < SEARCHED_MAX;
        var nearest = searched ? known.meant(key, names, where) : Optional.<String>empty();
        problems.add(new ConfigProblem(where, path.text(), "unknown key", expected, nearest));
    }

    private Bound construct(Class<? extends Record> type, Keys keys, KeyPath path, boolean secret) {
        var values = new ArrayList<@Nullable Object>();
        var printed = new LinkedHashMap<String, Printed>();
        var fields = RecordFields.of(type);
        boolean valid = true;
        for (var field : fields) {
            var bound = field(field, keys.of(field), path.key(field.key()), secret || field.secret());
            valid &= bound.valid;
            values.add(bound.value);
            printed.put(field.key(), bound.printed);
        }
        select(fields, values, printed, path);
        if (!valid) {
            return Bound.INVALID;
        }
        return switch (RecordCall.construct(type, values)) {
            case RecordCall.Made(var made) -> new Bound(true, made, Printed.keys(printed, keys.origin));
            case RecordCall.Refused(var message) -> {
                problems.add(refusal(message, fields, keys, path, secret));
                yield Bound.INVALID;
            }
        };
    }

    /** A rule of the record's own; it stands at the key when its message begins with the key. */
    private static ConfigProblem refusal(String message, List<Field> fields, Keys keys, KeyPath path, boolean secret) {
        var shown = message;
        for (var field : fields) {
            if (secret || field.secret()) {
                shown = keys.of(field).masked(shown);
            }
        }
        for (var field : fields) {
            if (message.startsWith(field.key() + " ") || message.startsWith(field.name() + " ")) {
                var where = keys.of(field).settled().where();
                return ConfigProblem.of(where, path.key(field.key()).text(), shown, "");
            }
        }
        return ConfigProblem.of(keys.origin, path.text(), shown, "");
    }

    /** Remembers the raw sections of a record together with the names that select their types. */
    private void select(List<Field> fields, List<@Nullable Object> values, Map<String, Printed> printed, KeyPath path) {
        for (int i = 0; i < fields.size(); i++) {
            if (!(fields.get(i).shape() instanceof Shape.Raw(var selector))
                    || selector.isEmpty()
                    || !(values.get(i) instanceof RawSection section)) {
                continue;
            }
            for (int j = 0; j < fields.size(); j++) {
                if (fields.get(j).key().equals(selector.get())
                        && values.get(j) instanceof String name
                        && printed.get(selector.get()) instanceof Printed.Leaf leaf) {
                    selected.add(new Selected(section, name, path.key(selector.get()), leaf.origin()));
                }
            }
        }
    }

    private Bound field(Field field, Input whole, KeyPath path, boolean secret) {
        var given = whole.settled();
        boolean optional = field.presence() != Field.Presence.REQUIRED;
        boolean explicitNull = given.node().filter(Node::isNull).isPresent() && given.isNothing();
        if (optional && explicitNull) {
            return absent(field, given.where());
        }
        if (explicitNull && field.shape() instanceof Shape.Leaf) {
            mismatch(given, path, field.shape(), secret);
            return Bound.INVALID;
        }
        var input = given.or(field.byDefault());
        if (input.isNothing() && !(field.shape() instanceof Shape.Section && !optional)) {
            if (optional) {
                return absent(field, new Origin.Default());
            }
            if (!(field.shape() instanceof Shape.Raw)) {
                var about = field.doc().isEmpty() ? "" : " (" + field.doc() + ")";
                problems.add(ConfigProblem.of(
                        given.where(), path.text(), "missing", field.shape().expected() + about));
                return Bound.INVALID;
            }
        }
        var bound = value(field.shape(), input, path, secret);
        return bound.valid ? new Bound(true, field.presence().wrap(bound.value), bound.printed) : bound;
    }

    private static Bound absent(Field field, Origin origin) {
        return new Bound(true, field.presence().wrap(null), new Printed.Leaf("null", origin));
    }

    private Bound value(Shape shape, Input whole, KeyPath path, boolean secret) {
        var input = whole.settled();
        return switch (shape) {
            case Shape.Leaf leaf -> leaf(leaf, input, path, secret);
            case Shape.Items items -> items(items, input, path, secret);
            case Shape.Keyed keyed -> keyed(keyed, input, path, secret);
            case Shape.Section section -> section(section.type(), input, path, secret);
            case Shape.FreeForm _ -> free(input, path, secret);
            case Shape.Raw _ -> {
                var section = new RawSection(path, input, baseFolder, secret);
                yield new Bound(true, section, new Printed.Unbound(section));
            }
        };
    }

    private Bound leaf(Shape.Leaf shape, Input input, KeyPath path, boolean secret) {
        if (!input.overlays().isEmpty()) {
            var overlay = input.overlays().getFirst();
            var step = overlay.first();
            var at = step.asKey()
                    .map(path::key)
                    .orElseGet(() -> path.index(step.asIndex().orElse(0)));
            problems.add(ConfigProblem.of(
                    overlay.value().origin(), at.text(), "unknown key", shape.expected() + " for " + path.text()));
            return Bound.INVALID;
        }
        if (!(input.node().orElse(null) instanceof Node.Scalar scalar) || scalar.isNull()) {
            mismatch(input, path, shape, secret);
            return Bound.INVALID;
        }
        var value = Scalars.read(shape, scalar.text(), baseFolder);
        if (value.isEmpty()) {
            var nearest = shape instanceof Shape.Choice choice
                    ? NearestKey.of(scalar.text(), choice.names())
                    : Optional.<String>empty();
            var found = secret ? Found.kind(scalar) : Found.of(scalar);
            boolean home = shape instanceof Shape.FilePath && scalar.text().startsWith("~");
            var expected = shape.expected() + (home ? ", written out (~ means nothing here)" : "");
            problems.add(new ConfigProblem(scalar.origin(), path.text(), found, expected, nearest));
            return Bound.INVALID;
        }
        var yaml = secret ? YamlText.MASKED : Scalars.print(shape, value.get());
        return new Bound(true, value.get(), new Printed.Leaf(yaml, scalar.origin()));
    }

    private Bound items(Shape.Items shape, Input input, KeyPath path, boolean secret) {
        var node = input.node().filter(n -> !Node.isNull(n));
        if (node.isPresent() && !(node.get() instanceof Node.Sequence)) {
            mismatch(input, path, shape, secret);
            return Bound.INVALID;
        }
        var nodes = node.map(n -> ((Node.Sequence) n).items()).orElseGet(List::of);
        var byIndex = new TreeMap<Integer, List<Overlay>>();
        for (var overlay : input.overlays()) {
            var index = overlay.first().asIndex();
            if (index.isPresent()) {
                byIndex.computeIfAbsent(index.get(), _ -> new ArrayList<>()).add(overlay.inside());
            } else {
                var key = overlay.first().asKey().orElse("");
                problems.add(ConfigProblem.of(
                        overlay.value().origin(),
                        path.key(key).text(),
                        "unknown key",
                        "an index, as in " + path.index(0).text()));
            }
        }
        int size = nodes.size();
        for (var added : byIndex.tailMap(size).entrySet()) {
            if (added.getKey() > size) {
                problems.add(added.getValue().getFirst().gap(path, added.getKey(), size));
                break;
            }
            size++;
        }
        var values = new ArrayList<@Nullable Object>();
        var printed = new ArrayList<Printed>();
        boolean valid = true;
        for (int i = 0; i < size; i++) {
            var item = i < nodes.size() ? Optional.of(nodes.get(i)) : Optional.<Node>empty();
            var bound = value(
                    shape.item(),
                    new Input(item, byIndex.getOrDefault(i, List.of()), input.where()),
                    path.index(i),
                    secret);
            valid &= bound.valid;
            values.add(bound.value);
            printed.add(bound.printed);
        }
        return valid
                ? new Bound(true, Collections.unmodifiableList(values), Printed.items(printed, input.where()))
                : Bound.INVALID;
    }

    private Bound keyed(Shape.Keyed shape, Input input, KeyPath path, boolean secret) {
        var node = input.node().filter(n -> !Node.isNull(n));
        if (node.isPresent() && !(node.get() instanceof Node.Mapping)) {
            mismatch(input, path, shape, secret);
            return Bound.INVALID;
        }
        var inputs = new LinkedHashMap<String, Input>();
        node.map(n -> ((Node.Mapping) n).entries())
                .orElseGet(Map::of)
                .forEach(
                        (key, entry) -> inputs.put(key, new Input(Optional.of(entry.value()), List.of(), entry.key())));
        for (var overlay : input.overlays()) {
            var key = overlay.first().asKey();
            if (key.isEmpty()) {
                var at = path.index(overlay.first().asIndex().orElse(0));
                problems.add(ConfigProblem.of(overlay.value().origin(), at.text(), "an index", "a name"));
                continue;
            }
            var base =
                    inputs.getOrDefault(key.get(), Input.absent(overlay.value().origin()));
            var overlays = new ArrayList<>(base.overlays());
            overlays.add(overlay.inside());
            inputs.put(key.get(), new Input(base.node(), overlays, base.near()));
        }
        var values = new LinkedHashMap<String, @Nullable Object>();
        var printed = new LinkedHashMap<String, Printed>();
        boolean valid = true;
        for (var entry : inputs.entrySet()) {
            var key = entry.getKey();
            var bound = value(shape.value(), entry.getValue(), path.key(key), secret);
            valid &= bound.valid;
            values.put(key, bound.value);
            printed.put(key, bound.printed);
        }
        return valid
                ? new Bound(true, Collections.unmodifiableMap(values), Printed.keys(printed, input.where()))
                : Bound.INVALID;
    }

    private Bound free(Input input, KeyPath path, boolean secret) {
        int before = problems.size();
        var node = Overlay.apply(input.node(), input.overlays(), path, problems);
        if (problems.size() > before || node.isEmpty()) {
            return Bound.INVALID;
        }
        return new Bound(true, Free.value(node.get()), Printed.free(node.get(), secret));
    }

    private void mismatch(Input input, KeyPath path, Shape shape, boolean secret) {
        var found = input.node().map(secret ? Found::kind : Found::of).orElse("no value");
        var quotes = shape instanceof Shape.Text && input.isNothing() ? " (\"\" for empty text)" : "";
        problems.add(ConfigProblem.of(input.where(), path.text(), found, shape.expected() + quotes));
    }
}
