package dev.nacelle.dynamo.card;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One file of a model's folder, as frontends need it.
 *
 * @param kind the card's field
 * @param format the field's variant
 */
record ModelFile(String kind, String format, Path path, String checksum, long size) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEMPLATE = "hf_chat_template_jinja";

    String name() {
        return path.getFileName().toString();
    }

    /**
     * Fills in the file's place in a card.
     *
     * @param address where the files are served
     */
    void describe(ObjectNode variant, String address) {
        var place = variant;
        if (format.equals(TEMPLATE)) place = variant.put("is_custom", false).putObject("file");
        place.put("path", address + "/" + name()).put("checksum", checksum).put("size", size);
    }

    /**
     * What a frontend needs for a model whose engine takes tokens.
     *
     * @throws IOException when something is missing; the message says what
     */
    static List<ModelFile> of(Path folder) throws IOException {
        var config = json(folder, "config.json");
        for (var field : new String[] {"architectures", "model_type"})
            if (!config.has(field))
                throw new IOException("%s has no \"%s\"".formatted(folder.resolve("config.json"), field));
        var files = new ArrayList<ModelFile>();
        files.add(file("model_info", "hf_config_json", folder.resolve("config.json")));
        files.add(file("tokenizer", "hf_tokenizer_json", folder.resolve("tokenizer.json")));
        var template = folder.resolve("chat_template.jinja");
        if (!json(folder, "tokenizer_config.json").has("chat_template") && !Files.exists(template))
            throw new IOException(
                    "%s has no \"chat_template\", and there is no %s: Dynamo's frontend serves no model without"
                            .formatted(folder.resolve("tokenizer_config.json"), template.getFileName()));
        files.add(file("prompt_formatter", "hf_tokenizer_config_json", folder.resolve("tokenizer_config.json")));
        if (Files.exists(template)) files.add(file("chat_template_file", TEMPLATE, template));
        var generation = folder.resolve("generation_config.json");
        if (Files.exists(generation)) files.add(file("gen_config", "hf_generation_config_json", generation));
        return List.copyOf(files);
    }

    private static ModelFile file(String kind, String format, Path path) throws IOException {
        if (!Files.isReadable(path)) throw new IOException("%s cannot be read".formatted(path));
        return new ModelFile(kind, format, path, Checksum.of(path), Files.size(path));
    }

    private static JsonNode json(Path folder, String name) throws IOException {
        var path = folder.resolve(name);
        if (!Files.isReadable(path)) throw new IOException("%s cannot be read".formatted(path));
        try {
            return JSON.readTree(path.toFile());
        } catch (IOException e) {
            throw new IOException("%s is no JSON: %s".formatted(path, e.getMessage()), e);
        }
    }
}
