package dev.nacelle.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What was written for one setting.
 *
 * @param node from the file or the default
 * @param overlays what goes over it, in rising precedence
 * @param near where to look when nothing was written: the section it would stand in
 */
record Input(Optional<Node> node, List<Overlay> overlays, Origin near) {

    Input {
        overlays = List.copyOf(overlays);
    }

    static Input absent(Origin near) {
        return new Input(Optional.empty(), List.of(), near);
    }

    /** With the last overlay of the whole value in the place of the node; what came before it no longer counts. */
    Input settled() {
        var result = node;
        var inside = new ArrayList<Overlay>();
        for (var overlay : overlays) {
            if (overlay.isHere()) {
                result = Optional.of(overlay.value());
                inside.clear();
            } else {
                inside.add(overlay);
            }
        }
        return new Input(result, inside, near);
    }

    /** Nothing, or null, and nothing to put into it. */
    boolean isNothing() {
        return overlays.isEmpty() && (node.isEmpty() || Node.isNull(node.get()));
    }

    /** Where a message about this value points. */
    Origin where() {
        return node.map(Node::origin)
                .orElseGet(() ->
                        overlays.isEmpty() ? near : overlays.getLast().value().origin());
    }

    Input or(Optional<Node> byDefault) {
        boolean absent = node.isEmpty() || (Node.isNull(node.get()) && byDefault.isPresent());
        return absent ? new Input(byDefault, overlays, near) : this;
    }

    /** A message without the texts of this value, which is secret. */
    String masked(String message) {
        var result = message;
        for (var text : texts(settled())) {
            result = text.isEmpty() ? result : result.replace(text, "***");
        }
        return result;
    }

    private static List<String> texts(Input input) {
        return Stream.concat(input.node.stream(), input.overlays.stream().map(Overlay::value))
                .flatMap(Input::texts)
                .toList();
    }

    private static Stream<String> texts(Node node) {
        return switch (node) {
            case Node.Scalar scalar -> Stream.of(scalar.text());
            case Node.Sequence sequence -> sequence.items().stream().flatMap(Input::texts);
            case Node.Mapping mapping -> mapping.entries().values().stream().flatMap(entry -> texts(entry.value()));
        };
    }
}
