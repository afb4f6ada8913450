package dev.nacelle.spi;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What {@link LLMEngine#start} returns: the model being served and what may be said of it. Where the worker's
 * configuration says otherwise, the configuration wins.
 *
 * @param model the model's own name; must not be empty
 * @param servedName the name callers use, when it is another
 * @param aliases further names callers may use
 * @param input tokens or text
 * @param tokenizerPath a folder with {@code tokenizer.json}, when the worker's {@code model.path} is not it
 * @param registration sizes and limits
 * @param capabilities what the engine can do beyond plain generation
 * @param runtime what runs the engine, e.g. {@code java}
 * @param version the engine's own version
 * @param runtimeData free-form data to publish with the worker (JSON-like)
 */
public record EngineConfig(
        String model,
        Optional<String> servedName,
        List<String> aliases,
        ModelInput input,
        Optional<Path> tokenizerPath,
        Registration registration,
        Set<Capability> capabilities,
        String runtime,
        String version,
        Map<String, Object> runtimeData) {
    public EngineConfig {
        // Engines come from compilers that know nothing of @NullMarked, too: fail here, in their start.
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(servedName, "servedName");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(tokenizerPath, "tokenizerPath");
        Objects.requireNonNull(registration, "registration");
        Objects.requireNonNull(runtime, "runtime");
        Objects.requireNonNull(version, "version");
        aliases = List.copyOf(aliases);
        capabilities = Set.copyOf(capabilities);
        runtimeData = Collections.unmodifiableMap(new LinkedHashMap<>(runtimeData));
    }

    /** A token engine in Java of that model, with nothing else to say. */
    public static EngineConfig of(String model) {
        return of(model, Registration.UNKNOWN);
    }

    public static EngineConfig of(String model, Registration registration) {
        return new EngineConfig(
                model,
                Optional.empty(),
                List.of(),
                ModelInput.TOKENS,
                Optional.empty(),
                registration,
                Set.of(),
                "java",
                "unknown",
                Map.of());
    }

    public EngineConfig withVersion(String value) {
        return new EngineConfig(
                model,
                servedName,
                aliases,
                input,
                tokenizerPath,
                registration,
                capabilities,
                runtime,
                value,
                runtimeData);
    }

    public EngineConfig withCapabilities(Capability... values) {
        return new EngineConfig(
                model,
                servedName,
                aliases,
                input,
                tokenizerPath,
                registration,
                Set.of(values),
                runtime,
                version,
                runtimeData);
    }

    public EngineConfig withInput(ModelInput value) {
        return new EngineConfig(
                model,
                servedName,
                aliases,
                value,
                tokenizerPath,
                registration,
                capabilities,
                runtime,
                version,
                runtimeData);
    }

    public EngineConfig withTokenizer(Path folder) {
        return new EngineConfig(
                model,
                servedName,
                aliases,
                input,
                Optional.of(folder),
                registration,
                capabilities,
                runtime,
                version,
                runtimeData);
    }

    /** {@code servedName} where it is set and not empty, else {@code model}. */
    public String modelName() {
        return servedName.filter(name -> !name.isEmpty()).orElse(model);
    }
}
