package dev.nacelle.runtime.worker;

import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.Registration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The model as it is served: what the engine said when it had started, and where the worker's configuration speaks too,
 * that.
 *
 * @param folder where tokenizer and chat template are; empty for the byte tokenizer
 */
record ServedModel(EngineConfig config, Optional<Path> folder) {
    /** @param overruled hears of each point where the two disagree */
    static ServedModel of(WorkerConfig file, EngineConfig engine, Consumer<String> overruled) {
        var choice = new Choice(overruled);
        var sizes = engine.registration();
        var registration = new Registration(
                sizes.contextLength(),
                sizes.kvCacheBlockSize(),
                sizes.totalKvBlocks(),
                sizes.maxNumSeqs(),
                sizes.maxNumBatchedTokens(),
                choice.of("data_parallel.size", file.dataParallel().size(), sizes.dataParallelSize()),
                choice.of("data_parallel.start_rank", file.dataParallel().startRank(), sizes.dataParallelStartRank()));
        var model = file.model();
        var folder = choice.of("model.path", model.path().map(ServedModel::absolute), engine.tokenizerPath());
        var config = new EngineConfig(
                choice.of("model.name", model.name(), Optional.of(engine.model()))
                        .orElseThrow(),
                choice.of("model.served_name", model.servedName(), engine.servedName()),
                engine.aliases(),
                choice.of("model.input", model.input(), Optional.of(engine.input()))
                        .orElseThrow(),
                folder,
                registration,
                engine.capabilities(),
                engine.runtime(),
                engine.version(),
                runtimeData(model, engine.runtimeData(), choice));
        return new ServedModel(config, folder);
    }

    /** What a frontend goes by beyond the typed settings, under the names that engines have for it too. */
    private static Map<String, Object> runtimeData(
            WorkerConfig.Model model, Map<String, Object> engine, Choice choice) {
        var data = new LinkedHashMap<>(engine);
        var parsers = new LinkedHashMap<String, Optional<String>>();
        parsers.put("tool_call_parser", model.toolCallParser());
        parsers.put("reasoning_parser", model.reasoningParser());
        parsers.forEach((name, file) -> choice.of(
                        "model." + name, file.<Object>map(parser -> parser), Optional.ofNullable(engine.get(name)))
                .ifPresent(parser -> data.put(name, parser)));
        model.chatTemplate().ifPresent(setting -> data.put("chat_template", template(setting)));
        return data;
    }

    /** Whether the setting is a template and not a file's path. */
    static boolean isTemplate(String setting) {
        return setting.contains("{{") || setting.contains("{%");
    }

    private static String template(String setting) {
        if (isTemplate(setting)) return setting;
        try {
            return Files.readString(Path.of(setting));
        } catch (IOException e) {
            throw new UncheckedIOException("model.chat_template: %s cannot be read".formatted(setting), e);
        }
    }

    static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    /** The file's word before the engine's. */
    private record Choice(Consumer<String> overruled) {
        <T> Optional<T> of(String key, Optional<T> file, Optional<T> engine) {
            if (file.isEmpty()) return engine;
            if (engine.isPresent() && !engine.equals(file))
                overruled.accept("%s is %s by the configuration, where the engine says %s"
                        .formatted(key, file.get(), engine.get()));
            return file;
        }

        OptionalInt of(String key, OptionalInt file, OptionalInt engine) {
            var chosen = of(key, boxed(file), boxed(engine));
            return chosen.isPresent() ? OptionalInt.of(chosen.get()) : OptionalInt.empty();
        }

        private static Optional<Integer> boxed(OptionalInt value) {
            return value.isPresent() ? Optional.of(value.getAsInt()) : Optional.empty();
        }
    }
}
