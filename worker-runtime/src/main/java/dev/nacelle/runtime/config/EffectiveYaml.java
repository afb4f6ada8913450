package dev.nacelle.runtime.config;

import java.util.ArrayList;
import java.util.List;

/** Prints the bound tree: as a list of settings, and as YAML with origins. */
final class EffectiveYaml {
    private static final int COMMENT_COLUMN = 44;

    private EffectiveYaml() {}

    static List<EffectiveSetting> settings(Printed root) {
        var settings = new ArrayList<EffectiveSetting>();
        collect(root, KeyPath.ROOT, settings);
        return List.copyOf(settings);
    }

    private static void collect(Printed node, KeyPath path, List<EffectiveSetting> settings) {
        switch (node) {
            case Printed.Leaf(var yaml, var origin) -> settings.add(new EffectiveSetting(path.text(), yaml, origin));
            case Printed.Items(var items) -> {
                for (int i = 0; i < items.size(); i++) {
                    collect(items.get(i), path.index(i), settings);
                }
            }
            case Printed.Keys(var keys) -> keys.forEach((key, value) -> collect(value, path.key(key), settings));
            case Printed.Unbound(var section) -> collect(section.masked(), path, settings);
        }
    }

    static String render(Printed root) {
        var out = new StringBuilder();
        if (root instanceof Printed.Keys keys) {
            keys(keys, "", out);
        }
        return out.toString();
    }

    private static void keys(Printed.Keys keys, String indent, StringBuilder out) {
        var prefix = indent;
        for (var entry : keys.keys().entrySet()) {
            out.append(prefix).append(YamlText.scalar(entry.getKey())).append(':');
            value(entry.getValue(), indent.replace('-', ' '), out);
            prefix = indent.replace('-', ' ');
        }
    }

    /** What follows a colon. */
    private static void value(Printed value, String indent, StringBuilder out) {
        switch (value) {
            case Printed.Leaf leaf -> line(out.append(' '), leaf);
            case Printed.Keys keys -> keys(keys, indent + "  ", out.append('\n'));
            case Printed.Items items -> items(items, indent + "  ", out.append('\n'));
            case Printed.Unbound(var section) -> value(section.masked(), indent, out);
        }
    }

    private static void items(Printed.Items items, String indent, StringBuilder out) {
        for (var item : items.items()) {
            switch (item) {
                case Printed.Leaf leaf -> line(out.append(indent).append("- "), leaf);
                case Printed.Keys keys -> keys(keys, indent + "- ", out);
                case Printed.Items nested ->
                    items(nested, indent + "  ", out.append(indent).append("-\n"));
                case Printed.Unbound(var section) -> items(new Printed.Items(List.of(section.masked())), indent, out);
            }
        }
    }

    private static void line(StringBuilder out, Printed.Leaf leaf) {
        out.append(leaf.yaml());
        int width = out.length() - (out.lastIndexOf("\n") + 1);
        out.append(" ".repeat(Math.max(2, COMMENT_COLUMN - width)))
                .append("# ")
                .append(leaf.origin())
                .append('\n');
    }
}
