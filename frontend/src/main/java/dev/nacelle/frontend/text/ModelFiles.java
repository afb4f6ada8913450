package dev.nacelle.frontend.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.nacelle.frontend.json.JsonObject;
import dev.nacelle.frontend.json.JsonValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The small files beside a {@code tokenizer.json} that say how a text begins and ends. Each may be missing.
 *
 * @param bosToken {@code bos_token} of tokenizer_config.json, else of special_tokens_map.json
 * @param eosToken likewise
 * @param addBosToken {@code add_bos_token} of tokenizer_config.json
 * @param eosIds {@code eos_token_id} of generation_config.json
 */
record ModelFiles(
        Optional<String> bosToken, Optional<String> eosToken, Optional<Boolean> addBosToken, List<Integer> eosIds) {
    private static final JsonFactory JSON = new JsonFactory();

    ModelFiles {
        eosIds = List.copyOf(eosIds);
    }

    static ModelFiles read(Path folder) {
        var config = readIfThere(folder.resolve("tokenizer_config.json"));
        var special = readIfThere(folder.resolve("special_tokens_map.json"));
        var generation = readIfThere(folder.resolve("generation_config.json"));
        return new ModelFiles(
                token(config, "bos_token").or(() -> token(special, "bos_token")),
                token(config, "eos_token").or(() -> token(special, "eos_token")),
                config.bool("add_bos_token"),
                ids(generation, "eos_token_id"));
    }

    /** A token is given as a string, or as an object with its content. */
    private static Optional<String> token(JsonObject config, String key) {
        return config.string(key).or(() -> config.object(key).string("content"));
    }

    /** One id or several. */
    private static List<Integer> ids(JsonObject config, String key) {
        return Stream.concat(config.integer(key).stream(), config.list(key).stream())
                .filter(Long.class::isInstance)
                .map(id -> (Long) id)
                .filter(id -> id >= 0 && id <= Integer.MAX_VALUE)
                .map(Long::intValue)
                .toList();
    }

    private static JsonObject readIfThere(Path file) {
        try (var parser = JSON.createParser(Files.readAllBytes(file))) {
            parser.nextToken();
            if (JsonValues.read(parser) instanceof Map<?, ?> map) return JsonObject.of(map);
            throw new TokenizerException("%s: expected a JSON object".formatted(file));
        } catch (NoSuchFileException e) {
            return JsonObject.EMPTY;
        } catch (JsonProcessingException e) {
            throw new TokenizerException("%s is no JSON: %s".formatted(file, e.getMessage()), e);
        } catch (IOException e) {
            throw new TokenizerException("%s cannot be read: %s".formatted(file, e), e);
        }
    }
}
