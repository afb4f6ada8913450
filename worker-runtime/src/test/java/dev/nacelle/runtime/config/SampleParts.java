package dev.nacelle.runtime.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.nacelle.spi.config.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A configuration like the host's, for the tests of this package. */
final class SampleParts {
    static final Path BASE = Path.of("/base");

    record HostPart(
            @Setting(value = "What the process does", byDefault = "[workers, frontend]")
            List<String> roles,

            @Setting(value = "Time from the signal to the end", byDefault = "60s", min = 1)
            Duration shutdownTimeout) {}

    record Frontend(
            @Setting(value = "Address to listen on", byDefault = "127.0.0.1")
            String host,

            @Setting(value = "Port to listen on", byDefault = "8000", min = 0, max = 65535)
            int port,

            @Setting(value = "Path of the scrape page", byDefault = "/metrics")
            String metricsPath,

            @Setting(value = "Key that clients show", secret = true)
            Optional<String> apiKey,

            @Setting(value = "Server that knows the others") Optional<URI> registry) {}

    record FrontendPart(Frontend frontend) {}

    enum Disaggregation {
        AGGREGATED,
        PREFILL_ONLY
    }

    record Model(@Setting("Folder of the model") Optional<Path> path, Optional<String> name) {}

    record Worker(
            @Setting("Name of the engine") String engine,
            @SelectedBy("engine") RawSection options,
            Model model,

            @Setting(value = "Which half of the work", byDefault = "aggregated")
            Disaggregation disaggregation,

            @Setting(value = "Labels of the worker", byDefault = "{}")
            Map<String, String> labels) {}

    record WorkersPart(
            @Setting(value = "The workers", byDefault = "[]")
            List<Worker> workers) {}

    record EchoOptions(
            @Setting(value = "Steps a second", byDefault = "0", min = 0)
            double rate,

            @Setting(value = "Most tokens", byDefault = "100")
            int maxTokens,

            @Setting(value = "Password of the echo", byDefault = "none", secret = true)
            String password) {
        EchoOptions {
            if (maxTokens % 2 != 0) {
                throw new IllegalArgumentException("max_tokens %d, expected an even number".formatted(maxTokens));
            }
        }
    }

    record LlamaOptions(@Setting("Folder of the weights") Path weights) {}

    static final List<Class<? extends Record>> PARTS = List.of(HostPart.class, FrontendPart.class, WorkersPart.class);
    static final Map<String, Class<? extends Record>> ENGINES =
            Map.of("echo", EchoOptions.class, "llama", LlamaOptions.class);

    private SampleParts() {}

    static ConfigSource yaml(String text) {
        return ConfigSource.empty(BASE).withText(text, BASE);
    }

    static Configuration load(ConfigSource source) {
        return ConfigLoader.load(source, PARTS, _ -> Optional.of(ENGINES));
    }

    static Frontend frontend(ConfigSource source) {
        return load(source).part(FrontendPart.class).frontend();
    }

    /** The lines of the message about a source that must be refused. */
    static List<String> mistakes(ConfigSource source) {
        return mistakes(source, PARTS);
    }

    static List<String> mistakes(ConfigSource source, List<Class<? extends Record>> parts) {
        var refused = catchThrowableOfType(
                ConfigException.class, () -> ConfigLoader.load(source, parts, _ -> Optional.of(ENGINES)));
        return refused.problems().stream().map(ConfigProblem::text).toList();
    }
}
