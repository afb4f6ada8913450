package dev.nacelle.python;

import dev.nacelle.python.bridge.Json;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.Task;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The canary's request from an engine's health-check payload, which comes back to the engine key by key as it was. */
final class Probe {
    private static final String TOKENS = "token_ids";

    private Probe() {}

    /** Empty when there is no payload. @throws IllegalArgumentException when it has no prompt */
    static Optional<GenerateRequest> of(Map<String, @Nullable Object> payload) {
        if (payload.isEmpty()) return Optional.empty();
        var rest = new LinkedHashMap<String, @Nullable Object>(payload);
        rest.remove(TOKENS);
        int maxTokens =
                Json.object(payload.get("stop_conditions")).get("max_tokens") instanceof Integer most ? most : 1;
        return Optional.of(new GenerateRequest(
                payload.get("model") instanceof String model ? model : "health-check",
                task(payload),
                prompt(payload),
                SamplingOptions.DEFAULT,
                StopConditions.maxTokens(Math.max(1, maxTokens)),
                OutputOptions.DEFAULT,
                OptionalInt.empty(),
                Map.of(),
                true,
                OptionalInt.empty(),
                Optional.empty(),
                Json.map(rest)));
    }

    private static Task task(Map<String, @Nullable Object> payload) {
        return Task.EMBED.wireName().equals(payload.get("task")) ? Task.EMBED : Task.GENERATE;
    }

    private static Prompt prompt(Map<String, @Nullable Object> payload) {
        var tokens = Json.list(payload.get(TOKENS));
        if (!tokens.isEmpty())
            return new Prompt.Tokens(tokens.stream()
                    .mapToInt(id -> id instanceof Integer i ? i : 0)
                    .toArray());
        if (payload.get("prompt") instanceof String text) return new Prompt.Text(text);
        throw new IllegalArgumentException(
                "health_check_payload returned %s, expected token_ids or a prompt".formatted(payload.keySet()));
    }
}
