package dev.nacelle.runtime.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * What the environment or a {@code --set} puts over the file: a value and the way to it. Lists of overlays are in rising
 * precedence.
 *
 * @param steps what is left of the way, seen from where the overlay is held
 */
record Overlay(List<KeyPath.Step> steps, Node value) {

    Overlay {
        steps = List.copyOf(steps);
    }

    boolean isHere() {
        return steps.isEmpty();
    }

    KeyPath.Step first() {
        return steps.getFirst();
    }

    Overlay inside() {
        return new Overlay(steps.subList(1, steps.size()), value);
    }

    /** The node with the overlays put in where no record says what may stand: in free-form values. */
    static Optional<Node> apply(
            Optional<Node> node, List<Overlay> overlays, KeyPath path, List<ConfigProblem> problems) {
        var result = node;
        for (var overlay : overlays) {
            result = overlay.applyTo(result, path, problems);
        }
        return result;
    }

    private Optional<Node> applyTo(Optional<Node> target, KeyPath path, List<ConfigProblem> problems) {
        if (isHere()) {
            return Optional.of(value);
        }
        var base = target.filter(node -> !Node.isNull(node));
        boolean list = base.map(node -> node instanceof Node.Sequence).orElse(!(first() instanceof KeyPath.Step.Key));
        var index = first().asIndex();
        if (list && index.isPresent()) {
            return intoList(base, index.get(), path, problems);
        }
        var key = first().asKey();
        if (key.isEmpty() || (base.isPresent() && !(base.get() instanceof Node.Mapping))) {
            problems.add(ConfigProblem.of(
                    value.origin(),
                    path.text(),
                    base.map(Found::kind).orElse("nothing"),
                    key.isPresent() ? "keys here" : "a list here"));
            return target;
        }
        return intoMapping(base, key.get(), path, problems);
    }

    private Optional<Node> intoList(Optional<Node> base, int index, KeyPath path, List<ConfigProblem> problems) {
        var items = base.map(node -> new ArrayList<>(((Node.Sequence) node).items()))
                .orElseGet(ArrayList::new);
        if (index > items.size()) {
            problems.add(gap(path, index, items.size()));
            return base;
        }
        var old = index < items.size() ? Optional.of(items.get(index)) : Optional.<Node>empty();
        inside().applyTo(old, path.index(index), problems).ifPresent(item -> {
            if (index < items.size()) {
                items.set(index, item);
            } else {
                items.add(item);
            }
        });
        var origin = base.map(Node::origin).orElse(value.origin());
        return Optional.of(new Node.Sequence(Collections.unmodifiableList(items), origin));
    }

    private Optional<Node> intoMapping(Optional<Node> base, String key, KeyPath path, List<ConfigProblem> problems) {
        var entries = base.map(node -> new LinkedHashMap<>(((Node.Mapping) node).entries()))
                .orElseGet(LinkedHashMap::new);
        var old = Optional.ofNullable(entries.get(key));
        var keyOrigin = old.map(Node.Entry::key).orElse(value.origin());
        inside().applyTo(old.map(Node.Entry::value), path.key(key), problems)
                .ifPresent(item -> entries.put(key, new Node.Entry(keyOrigin, item)));
        var origin = base.map(Node::origin).orElse(value.origin());
        return Optional.of(new Node.Mapping(Collections.unmodifiableMap(entries), origin));
    }

    ConfigProblem gap(KeyPath path, int index, int size) {
        return ConfigProblem.of(
                value.origin(),
                path.index(index).text(),
                "no such item",
                size == 0 ? "index 0, as the list is empty" : "an index from 0 to %d".formatted(size));
    }
}
