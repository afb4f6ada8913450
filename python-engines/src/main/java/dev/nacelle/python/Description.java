package dev.nacelle.python;

import dev.nacelle.python.bridge.Json;
import dev.nacelle.spi.Capability;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.WorkerSpec;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code start} returned in Python, and what the engine's {@code worker_config} wishes.
 *
 * @param config fields of the EngineConfig
 * @param wishes fields of the worker_config that the host has a place for
 */
record Description(Map<String, @Nullable Object> config, Map<String, @Nullable Object> wishes) {
    private static final System.Logger LOG = System.getLogger(Description.class.getName());

    static Description of(@Nullable Object said) {
        var fields = Json.object(said);
        return new Description(Json.object(fields.get("config")), Json.object(fields.get("wishes")));
    }

    /** As the host has it. */
    EngineConfig engineConfig(String runtime, String version) {
        return new EngineConfig(
                text(config.get("model")).orElse(""),
                text(config.get("served_model_name")).or(() -> text(wishes.get("served_model_name"))),
                Json.list(config.get("aliases")).stream().map(String::valueOf).toList(),
                text(wishes.get("model_input"))
                                .filter(word -> word.endsWith("text"))
                                .isPresent()
                        ? ModelInput.TEXT
                        : ModelInput.TOKENS,
                Optional.empty(),
                new Registration(
                        number("context_length"),
                        number("kv_cache_block_size"),
                        blocks(),
                        number("max_num_seqs"),
                        number("max_num_batched_tokens"),
                        number("data_parallel_size"),
                        number("data_parallel_start_rank")),
                capabilities(config.get("capabilities")),
                runtime,
                version,
                Json.map(config.get("runtime_data")));
    }

    /** The configuration file places a worker; says in one line where the engine meant another place. */
    void compareWith(WorkerSpec worker) {
        var others = new LinkedHashMap<String, String>();
        differs("namespace", worker.namespace(), others);
        differs("component", worker.component(), others);
        differs("endpoint", worker.endpoint(), others);
        if (!others.isEmpty())
            LOG.log(
                    System.Logger.Level.INFO,
                    "the engine''s worker_config asks for {0}; the worker is where the configuration puts it",
                    others);
        var mode = text(wishes.get("disaggregation_mode"));
        var configured = word(worker.disaggregation());
        if (mode.isPresent() && !mode.get().equals(configured))
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the engine runs as ''{0}'', and the worker''s disaggregation says ''{1}'': set them alike",
                    mode.get(),
                    configured);
    }

    private void differs(String key, String configured, Map<String, String> others) {
        text(wishes.get(key)).filter(wished -> !wished.equals(configured)).ifPresent(wished -> others.put(key, wished));
    }

    private static String word(Disaggregation mode) {
        return switch (mode) {
            case AGGREGATED -> "agg";
            case PREFILL -> "prefill";
            case DECODE -> "decode";
        };
    }

    private OptionalLong blocks() {
        return config.get("total_kv_blocks") instanceof Number n
                ? OptionalLong.of(n.longValue())
                : OptionalLong.empty();
    }

    private OptionalInt number(String key) {
        return config.get(key) instanceof Number n ? OptionalInt.of(n.intValue()) : OptionalInt.empty();
    }

    /** Engines written for other hosts say nothing of it, and give log-probabilities where they are asked for them. */
    private static Set<Capability> capabilities(@Nullable Object said) {
        if (said == null) return Set.of(Capability.LOG_PROBABILITIES);
        var declared = EnumSet.noneOf(Capability.class);
        for (var name : Json.list(said)) declared.add(capability(String.valueOf(name)));
        return declared;
    }

    private static Capability capability(String name) {
        return Arrays.stream(Capability.values())
                .filter(capability -> capability.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("EngineConfig.capabilities has '%s', expected some of %s"
                                .formatted(
                                        name,
                                        Arrays.toString(Capability.values()).toLowerCase(Locale.ROOT))));
    }

    private static Optional<String> text(@Nullable Object value) {
        return Optional.ofNullable(value).map(String::valueOf).filter(text -> !text.isEmpty());
    }
}
