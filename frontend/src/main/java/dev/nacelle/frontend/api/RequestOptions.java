package dev.nacelle.frontend.api;

import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What all requests have in common.
 *
 * @param model the name the caller asked for; not empty
 * @param stream answer as server-sent events
 * @param includeUsage end a stream with a chunk that counts tokens
 * @param sampling {@code n} is the number of choices that a prompt gets
 * @param bestOf choices to make for a prompt, of which the likeliest {@code n} are shown; at least that many
 * @param stop {@code maxTokens} is empty where the caller left it open
 * @param includeStopString print the stop string that ended the text
 * @param echo print the prompt before the text; completions only
 * @param dpRank the data-parallel rank the caller chose
 * @param user an end user's name, for the log
 * @param metadata free-form
 * @param extras every key that nothing here covers (JSON-like), in the body's order
 */
public record RequestOptions(
        String model,
        boolean stream,
        boolean includeUsage,
        SamplingOptions sampling,
        int bestOf,
        StopConditions stop,
        boolean includeStopString,
        boolean echo,
        OutputOptions output,
        OptionalInt dpRank,
        OptionalInt priority,
        Optional<String> user,
        Map<String, String> metadata,
        Map<String, Object> extras) {
    public RequestOptions {
        metadata = Map.copyOf(metadata);
        extras = Collections.unmodifiableMap(new LinkedHashMap<>(extras));
    }
}
