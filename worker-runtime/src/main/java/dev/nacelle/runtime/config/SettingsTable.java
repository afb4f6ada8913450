package dev.nacelle.runtime.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The settings of records as a Markdown table, for the documentation. */
public final class SettingsTable {
    private static final String HEAD = "| key | value | default | what it does |\n|---|---|---|---|\n";

    private SettingsTable() {}

    /** All keys of these parts, one a line, in the order of the records. */
    public static String markdown(List<Class<? extends Record>> parts) {
        var rows = new StringBuilder(HEAD);
        parts.forEach(part -> section(part, "", new HashSet<>(), rows));
        return rows.toString();
    }

    /**
     * The keys of one record that stands somewhere below.
     *
     * @param prefix what comes before its keys, such as {@code workers[].options.}
     */
    public static String markdown(String prefix, Class<? extends Record> type) {
        var rows = new StringBuilder(HEAD);
        section(type, prefix, new HashSet<>(), rows);
        return rows.toString();
    }

    private static void section(Class<? extends Record> type, String prefix, Set<Class<?>> above, StringBuilder rows) {
        if (!above.add(type)) {
            return;
        }
        for (var field : RecordFields.of(type)) {
            boolean plainSection =
                    field.shape() instanceof Shape.Section && field.doc().isEmpty();
            if (!plainSection) {
                row(field, prefix + field.key(), rows);
            }
            below(field.shape(), prefix + field.key(), above, rows);
        }
        above.remove(type);
    }

    private static void below(Shape shape, String path, Set<Class<?>> above, StringBuilder rows) {
        switch (shape) {
            case Shape.Section section -> section(section.type(), path + ".", above, rows);
            case Shape.Items items -> below(items.item(), path + "[]", above, rows);
            case Shape.Keyed keyed -> below(keyed.value(), path + ".*", above, rows);
            case Shape.Leaf _, Shape.FreeForm _, Shape.Raw _ -> {}
        }
    }

    private static void row(Field field, String path, StringBuilder rows) {
        var cells = List.of("`" + path + "`", kind(field.shape()), byDefault(field), field.doc());
        rows.append(
                cells.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    private static String kind(Shape shape) {
        return switch (shape) {
            case Shape.Section _, Shape.Raw _ -> "section";
            case Shape.Keyed _ -> "names and values";
            case Shape.Items(var item) -> "list of: " + kind(item);
            case Shape.Choice choice -> choice.names().stream().collect(Collectors.joining("`, `", "`", "`"));
            case Shape.Time time -> "duration" + time.range().text("s");
            case Shape.Size size -> "size" + size.range().text(" bytes");
            case Shape.FilePath _ -> "a path";
            case Shape.Text _,
                    Shape.Bool _,
                    Shape.Whole _,
                    Shape.Decimal _,
                    Shape.SecretPath _,
                    Shape.Address _,
                    Shape.FreeForm _ -> shape.expected();
        };
    }

    private static String byDefault(Field field) {
        if (field.byDefault().isPresent()) {
            return "`" + flow(field.byDefault().get()) + "`";
        }
        return field.required() ? "required" : "";
    }

    private static String flow(Node node) {
        return switch (node) {
            case Node.Scalar scalar when scalar.plain() -> scalar.text();
            case Node.Scalar scalar -> YamlText.scalar(scalar.text());
            case Node.Sequence sequence ->
                sequence.items().stream().map(SettingsTable::flow).collect(Collectors.joining(", ", "[", "]"));
            case Node.Mapping mapping ->
                mapping.entries().entrySet().stream()
                        .map(entry ->
                                entry.getKey() + ": " + flow(entry.getValue().value()))
                        .collect(Collectors.joining(", ", "{", "}"));
        };
    }
}
