package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.config.RawSection;
import dev.nacelle.runtime.config.SelectedBy;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.WorkerSpec;
import dev.nacelle.spi.config.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** One worker, as configured. What is left open here, the engine may fill in when it has started. */
public record WorkerConfig(
        @Setting(value = "The worker's component, second level of its chain", byDefault = "backend")
        String component,

        @Setting(value = "The worker's endpoint, third level of its chain", byDefault = "generate")
        String endpoint,

        @Setting(
                value = "How many workers of this configuration run, each with an engine of its own",
                byDefault = "1",
                min = 1,
                max = 1024)
        int replicas,

        @Setting("Which engine runs; `nacelle engines` lists them")
        String engine,

        @Setting("The engine's own options") @SelectedBy("engine")
        RawSection options,

        @Setting(value = "What is served", byDefault = "{}") Model model,

        @Setting(value = "The data-parallel ranks", byDefault = "{}")
        DataParallel dataParallel,

        @Setting(value = "The worker's part where prefill and decode are split", byDefault = "aggregated")
        Disaggregation disaggregation,

        @Setting(
                value = "How often a request may move to another worker after a failure",
                byDefault = "0",
                min = 0,
                max = 100)
        int migrationLimit,

        @Setting(value = "How the engine is watched", byDefault = "{}")
        Canary canary,

        @Setting(
                value = "How long routers elsewhere may go on sending requests when the worker stops",
                byDefault = "5s",
                min = 0)
        Duration routerGrace) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

    public WorkerConfig {
        name("component", component);
        name("endpoint", endpoint);
    }

    /**
     * The model.
     *
     * @param path a folder with the model's files
     * @param name what it is
     * @param servedName what callers call it
     * @param input what the engine takes and gives
     * @param chatTemplate a file, or the template itself
     * @param toolCallParser how the model writes calls of tools
     * @param reasoningParser how it marks what it thinks
     */
    public record Model(
            @Setting("The folder with the model's files, its tokenizer among them")
            Optional<Path> path,

            @Setting("The model's own name; default: the engine's word")
            Optional<String> name,

            @Setting("The name that callers use; default: the model's own")
            Optional<String> servedName,

            @Setting("Whether the engine takes tokens or text; default: the engine's word")
            Optional<ModelInput> input,

            @Setting("A chat template to use instead of the model's own: a file with one, or its text")
            Optional<String> chatTemplate,

            @Setting(
                    "How the model writes tool calls: hermes, llama3_json, mistral, pythonic, none, or auto (by its template);"
                            + " default: the engine's word, else auto")
            Optional<String> toolCallParser,

            @Setting(
                    "How the model marks its reasoning: think, none, or auto (by its template); default: the engine's word, else"
                            + " auto")
            Optional<String> reasoningParser) {
        /** Everything left to the engine. */
        public static final Model OPEN = new Model(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * The worker's data-parallel ranks.
     *
     * @param size how many ranks, at least 1
     * @param startRank the first of them
     */
    public record DataParallel(
            @Setting(value = "How many ranks there are; default: the engine's word, or 1", min = 1)
            OptionalInt size,

            @Setting(value = "The first rank; default: the engine's word, or 0", min = 0)
            OptionalInt startRank) {
        /** Everything left to the engine. */
        public static final DataParallel OPEN = new DataParallel(OptionalInt.empty(), OptionalInt.empty());
    }

    /**
     * How an engine is watched that offers a health-check request.
     *
     * @param enabled whether it is
     * @param interval how often it is looked at; an idle one is probed then
     * @param timeout how long a probe may take
     * @param stall how long a busy engine may go without a token before it counts as unresponsive
     */
    public record Canary(
            @Setting(value = "Whether the engine is watched", byDefault = "true")
            boolean enabled,

            @Setting(value = "How often the engine is looked at; an idle one is probed", byDefault = "10s", min = 0.001)
            Duration interval,

            @Setting(value = "How long a probe may take", byDefault = "5s", min = 0.001)
            Duration timeout,

            @Setting(value = "How long a busy engine may go without a token", byDefault = "60s", min = 0.001)
            Duration stall) {
        public static final Canary DEFAULT =
                new Canary(true, Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(60));
    }

    /** The worker's place and model, as an engine is told of them. */
    public WorkerSpec spec(String namespace) {
        return new WorkerSpec(
                namespace,
                component,
                endpoint,
                model.path().map(ServedModel::absolute),
                model.name(),
                dataParallel.size().orElse(1),
                dataParallel.startRank().orElse(0),
                disaggregation);
    }

    private static void name(String key, String value) {
        if (!NAME.matcher(value).matches())
            throw new IllegalArgumentException("%s '%s', expected letters, digits, - and _".formatted(key, value));
    }
}
