package dev.nacelle.runtime.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The JSON Schema (draft 2020-12) of a configuration, for editors: keys, types, ranges, defaults and descriptions. It
 * asks for the plain form of each value, so an editor may mark what the loader would still read, such as a number in
 * quotes.
 */
public final class JsonSchema {
    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
    private static final String DEFS = "$defs";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Map<String, Class<? extends Record>> sectionTypes;
    private final Map<Class<?>, String> names = new HashMap<>();
    private final Deque<Class<? extends Record>> open = new ArrayDeque<>();

    private JsonSchema(Map<String, Class<? extends Record>> sectionTypes) {
        this.sectionTypes = new TreeMap<>(sectionTypes);
    }

    /** The schema of these parts; sections whose type a sibling selects may hold anything. */
    public static String of(List<Class<? extends Record>> parts) {
        return of(parts, Map.of());
    }

    /**
     * The schema of these parts, in which each {@link SelectedBy} section is as its selecting key says.
     *
     * @param sectionTypes as {@link SectionTypes} gives them: engine name → record of its options
     */
    public static String of(List<Class<? extends Record>> parts, Map<String, Class<? extends Record>> sectionTypes) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter()
                    .writeValueAsString(new JsonSchema(sectionTypes).document(parts));
        } catch (JsonProcessingException impossible) {
            throw new AssertionError("a tree of JSON nodes can be written", impossible);
        }
    }

    private ObjectNode document(List<Class<? extends Record>> parts) {
        var root = JSON.objectNode();
        root.put("$schema", DIALECT).put("title", "Nacelle configuration");
        var fields = new ArrayList<Field>();
        parts.forEach(part -> fields.addAll(RecordFields.of(part)));
        root.setAll(section(fields));
        var defs = JSON.objectNode();
        while (!open.isEmpty()) {
            var type = open.removeFirst();
            defs.set(name(type), section(RecordFields.of(type)));
        }
        if (!defs.isEmpty()) {
            root.set(DEFS, defs);
        }
        return root;
    }

    private ObjectNode section(Collection<Field> fields) {
        var schema = JSON.objectNode().put("type", "object");
        var properties = schema.putObject("properties");
        var required = JSON.arrayNode();
        for (var field : fields) {
            properties.set(field.key(), property(field));
            if (field.required()) {
                required.add(field.key());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        schema.put("additionalProperties", false);
        var choices = choices(fields);
        if (!choices.isEmpty()) {
            schema.set("allOf", choices);
        }
        return schema;
    }

    private ObjectNode property(Field field) {
        var schema = JSON.objectNode();
        if (!field.doc().isEmpty()) {
            schema.put("description", field.doc());
        }
        var value = value(field.shape());
        if (field.presence() != Field.Presence.REQUIRED) {
            schema.putArray("anyOf").add(value).addObject().put("type", "null");
        } else {
            schema.setAll(value);
        }
        field.byDefault().ifPresent(node -> schema.set("default", json(field.shape(), node)));
        if (field.secret()) {
            schema.put("writeOnly", true);
        }
        return schema;
    }

    private ObjectNode value(Shape shape) {
        var schema = JSON.objectNode();
        return switch (shape) {
            case Shape.Text _, Shape.FilePath _, Shape.SecretPath _ -> schema.put("type", "string");
            case Shape.Bool _ -> schema.put("type", "boolean");
            case Shape.Whole whole -> range(schema.put("type", "integer"), whole.range());
            case Shape.Decimal decimal -> range(schema.put("type", "number"), decimal.range());
            case Shape.Time _ -> schema.put("type", "string").put("pattern", Durations.JSON_PATTERN);
            case Shape.Size size -> {
                schema.putArray("type").add("string").add("integer");
                yield range(schema.put("pattern", ByteSize.JSON_PATTERN), size.range());
            }
            case Shape.Address _ -> schema.put("type", "string").put("format", "uri-reference");
            case Shape.Choice choice -> {
                choice.names().forEach(schema.putArray("enum")::add);
                yield schema;
            }
            case Shape.Items items -> schema.put("type", "array").set("items", value(items.item()));
            case Shape.Keyed keyed -> schema.put("type", "object").set("additionalProperties", value(keyed.value()));
            case Shape.Section section -> schema.put("$ref", "#/" + DEFS + "/" + name(section.type()));
            case Shape.FreeForm _ -> schema;
            case Shape.Raw _ -> schema.put("type", "object");
        };
    }

    private static ObjectNode range(ObjectNode schema, Shape.Range range) {
        if (range.hasMin()) {
            schema.set("minimum", number(range.min()));
        }
        if (range.hasMax()) {
            schema.set("maximum", number(range.max()));
        }
        return schema;
    }

    private static JsonNode number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? JSON.numberNode((long) value)
                : JSON.numberNode(value);
    }

    /** For each name of the selecting key: what the section then is. */
    private ArrayNode choices(Collection<Field> fields) {
        var choices = JSON.arrayNode();
        for (var field : fields) {
            if (field.shape() instanceof Shape.Raw(var selector) && selector.isPresent()) {
                var byDefault = fields.stream()
                        .filter(other -> other.key().equals(selector.get()))
                        .flatMap(other -> other.byDefault().stream())
                        .map(node -> node instanceof Node.Scalar scalar ? scalar.text() : "")
                        .findFirst();
                sectionTypes.forEach((name, type) -> {
                    var choice = choices.addObject();
                    var condition = choice.putObject("if");
                    condition.putObject("properties").putObject(selector.get()).put("const", name);
                    if (!byDefault.equals(Optional.of(name))) {
                        condition.putArray("required").add(selector.get());
                    }
                    var then = choice.putObject("then");
                    then.putObject("properties").set(field.key(), value(new Shape.Section(type)));
                    if (RecordFields.of(type).stream().anyMatch(Field::required)) {
                        then.putArray("required").add(field.key());
                    }
                });
            }
        }
        return choices;
    }

    private String name(Class<? extends Record> type) {
        var known = names.get(type);
        if (known != null) {
            return known;
        }
        var name = type.getSimpleName();
        for (int i = 2; names.containsValue(name); i++) {
            name = type.getSimpleName() + i;
        }
        names.put(type, name);
        open.addLast(type);
        return name;
    }

    private static JsonNode json(Shape shape, Node node) {
        return switch (node) {
            case Node.Scalar scalar ->
                switch (shape) {
                    case Shape.Bool _, Shape.Whole _, Shape.Decimal _, Shape.Size _, Shape.FreeForm _ ->
                        MAPPER.valueToTree(Scalars.free(scalar));
                    default -> JSON.textNode(scalar.text());
                };
            case Node.Sequence sequence -> {
                var array = JSON.arrayNode();
                var item = shape instanceof Shape.Items(var each) ? each : new Shape.FreeForm();
                sequence.items().forEach(each -> array.add(json(item, each)));
                yield array;
            }
            case Node.Mapping mapping -> MAPPER.valueToTree(Free.map(mapping));
        };
    }
}
