package dev.nacelle.frontend.router;

import dev.nacelle.routing.RoutingMode;
import dev.nacelle.spi.error.EngineException;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a caller says of where a request should go, in headers that begin with {@code x-nacelle-}.
 *
 * @param worker {@code worker}: the only one, in hexadecimal
 * @param dpRank {@code rank}: the only rank
 * @param session {@code session}: requests that belong together
 * @param mode {@code router-mode}
 * @param overlapWeight {@code overlap-weight}
 * @param temperature {@code router-temperature}
 * @param explain {@code explain: 1}: the decision is to be told in the response's headers
 * @param waits false for {@code queue: never}
 */
public record RouteHints(
        OptionalLong worker,
        OptionalInt dpRank,
        Optional<String> session,
        Optional<RoutingMode> mode,
        OptionalDouble overlapWeight,
        OptionalDouble temperature,
        boolean explain,
        boolean waits) {
    public static final RouteHints NONE = new RouteHints(
            OptionalLong.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            false,
            true);

    private static final String PREFIX = "x-nacelle-";
    private static final int SESSION_CHARS_MAX = 256;

    /**
     * Reads the headers.
     *
     * @param headers a header's value by its name; null when it is not there
     * @param dpRank what the body says of the rank
     * @throws EngineException when a value is none
     */
    public static RouteHints read(Function<String, @Nullable String> headers, OptionalInt dpRank)
            throws EngineException {
        var worker = headers.apply(PREFIX + "worker");
        var rank = headers.apply(PREFIX + "rank");
        var session = headers.apply(PREFIX + "session");
        var mode = headers.apply(PREFIX + "router-mode");
        if (session != null && session.length() > SESSION_CHARS_MAX)
            throw invalid("session", "a text of %d characters".formatted(session.length()), "at most 256");
        return new RouteHints(
                worker == null ? OptionalLong.empty() : OptionalLong.of(worker(worker)),
                rank == null ? dpRank : OptionalInt.of(rank(rank)),
                Optional.ofNullable(session).filter(text -> !text.isEmpty()),
                mode == null ? Optional.empty() : Optional.of(mode(mode)),
                number("overlap-weight", headers),
                number("router-temperature", headers),
                "1".equals(headers.apply(PREFIX + "explain")),
                !"never".equals(headers.apply(PREFIX + "queue")));
    }

    private static long worker(String text) throws EngineException {
        try {
            return Long.parseUnsignedLong(text, 16);
        } catch (NumberFormatException _) {
            throw invalid("worker", text, "a worker's id in hexadecimal, as /router shows it");
        }
    }

    private static int rank(String text) throws EngineException {
        try {
            int rank = Integer.parseInt(text);
            if (rank >= 0) return rank;
        } catch (NumberFormatException _) {
            // said below
        }
        throw invalid("rank", text, "0 or more");
    }

    private static RoutingMode mode(String text) throws EngineException {
        for (var mode : RoutingMode.values()) if (text.equals(label(mode))) return mode;
        throw invalid("router-mode", text, "round_robin, random, least_loaded, kv or kv_approx");
    }

    static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static OptionalDouble number(String name, Function<String, @Nullable String> headers)
            throws EngineException {
        var text = headers.apply(PREFIX + name);
        if (text == null) return OptionalDouble.empty();
        try {
            double number = Double.parseDouble(text);
            if (number >= 0 && number <= 1000) return OptionalDouble.of(number);
        } catch (NumberFormatException _) {
            // said below
        }
        throw invalid(name, text, "a number from 0 to 1000");
    }

    private static EngineException invalid(String header, String found, String expected) {
        return EngineException.invalid("%s%s: found '%s', expected %s".formatted(PREFIX, header, found, expected));
    }
}
