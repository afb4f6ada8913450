package dev.nacelle.frontend.template;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.nacelle.frontend.json.JsonObject;
import dev.nacelle.frontend.json.JsonValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The chat templates that come with a model, by Hugging Face's conventions. Immutable.
 *
 * @param sources the templates by name; one that has no name is {@value #DEFAULT}
 * @param specials the model's special tokens as its templates see them: {@code bos_token}, {@code eos_token}, …
 */
public record ModelTemplates(Map<String, String> sources, Map<String, Object> specials) {
    /** The name of a template that has none. */
    public static final String DEFAULT = "default";
    /** The name of a template for conversations with tools, where a model has one of its own for them. */
    public static final String TOOL_USE = "tool_use";

    private static final List<String> SPECIALS =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");
    private static final String SUFFIX = ".jinja";
    private static final JsonFactory JSON = new JsonFactory();

    public ModelTemplates {
        sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
        specials = Collections.unmodifiableMap(new LinkedHashMap<>(specials));
    }

    /**
     * Reads a template file, a {@code tokenizer_config.json}, or a model's folder. In a folder {@code chat_template.jinja}
     * wins over the configuration, and {@code additional_chat_templates} has those with names.
     *
     * @throws IOException when it cannot be read, or is not what its name says
     */
    public static ModelTemplates read(Path path) throws IOException {
        if (Files.isDirectory(path)) return ofFolder(path);
        if (path.getFileName().toString().endsWith(".json"))
            return new ModelTemplates(named(object(path)), specials(object(path)));
        return new ModelTemplates(Map.of(DEFAULT, Files.readString(path)), Map.of());
    }

    private static ModelTemplates ofFolder(Path folder) throws IOException {
        JsonObject config = objectIfThere(folder.resolve("tokenizer_config.json"));
        Map<String, String> sources = named(config);
        Path template = folder.resolve("chat_template" + SUFFIX);
        if (Files.exists(template)) sources.put(DEFAULT, Files.readString(template));
        Path additional = folder.resolve("additional_chat_templates");
        if (Files.isDirectory(additional)) {
            try (Stream<Path> files = Files.list(additional)) {
                for (Path file : files.filter(one -> one.toString().endsWith(SUFFIX))
                        .sorted()
                        .toList()) {
                    String name = file.getFileName().toString();
                    sources.put(name.substring(0, name.length() - SUFFIX.length()), Files.readString(file));
                }
            }
        }
        Map<String, Object> specials = specials(objectIfThere(folder.resolve("special_tokens_map.json")));
        specials.putAll(specials(config));
        return new ModelTemplates(sources, specials);
    }

    /** {@code chat_template} is one template, or a list of templates with names. */
    private static Map<String, String> named(JsonObject config) {
        Map<String, String> sources = new LinkedHashMap<>();
        config.string("chat_template").ifPresent(source -> sources.put(DEFAULT, source));
        for (Object entry : config.list("chat_template")) {
            JsonObject named = JsonObject.of(entry);
            named.string("template")
                    .ifPresent(source -> sources.put(named.string("name").orElse(DEFAULT), source));
        }
        return sources;
    }

    /** A token is given as a string, or as an object with its content. */
    private static Map<String, Object> specials(JsonObject config) {
        Map<String, Object> specials = new LinkedHashMap<>();
        for (String name : SPECIALS) {
            config.string(name)
                    .or(() -> config.object(name).string("content"))
                    .ifPresent(token -> specials.put(name, token));
        }
        return specials;
    }

    private static JsonObject objectIfThere(Path file) throws IOException {
        return Files.exists(file) ? object(file) : JsonObject.EMPTY;
    }

    private static JsonObject object(Path file) throws IOException {
        try (var parser = JSON.createParser(Files.readAllBytes(file))) {
            parser.nextToken();
            if (JsonValues.read(parser) instanceof Map<?, ?> map) return JsonObject.of(map);
            throw new IOException("%s: expected a JSON object".formatted(file));
        } catch (JsonProcessingException e) {
            throw new IOException("%s is no JSON: %s".formatted(file, e.getOriginalMessage()), e);
        }
    }

    /** The name of the template for a conversation: the one for tools when there are tools and it exists. */
    String nameFor(boolean withTools) {
        return withTools && sources.containsKey(TOOL_USE) ? TOOL_USE : DEFAULT;
    }

    /** The same special tokens with another template, which replaces all. */
    public ModelTemplates withTemplate(String source) {
        return new ModelTemplates(Map.of(DEFAULT, source), specials);
    }
}
