package dev.nacelle.runtime.config;

import java.util.List;
import java.util.Optional;

/**
 * One mistake in a configuration.
 *
 * @param where the place to change
 * @param path the key it is about, such as {@code workers[0].engine}; empty for the file as a whole
 * @param found what stands there, as a phrase ({@code found "eighty"}, {@code missing}, {@code unknown key})
 * @param expected what would be right, as a phrase without a verb; empty when {@code found} says it all
 * @param nearest the valid key or value that was probably meant
 */
public record ConfigProblem(Origin where, String path, String found, String expected, Optional<String> nearest) {

    /** The problem as one line: {@code nacelle.yaml:3:9: frontend.port: found "eighty", expected a whole number …}. */
    public String text() {
        var line = new StringBuilder();
        if (!(where instanceof Origin.Default)) {
            line.append(where).append(": ");
        }
        if (!path.isEmpty()) {
            line.append(path).append(": ");
        }
        line.append(found);
        if (!expected.isEmpty()) {
            line.append(", expected ").append(expected);
        }
        nearest.ifPresent(key -> line.append("; did you mean ").append(key).append('?'));
        return line.toString();
    }

    static ConfigProblem of(Origin where, String path, String found, String expected) {
        return new ConfigProblem(where, path, found, expected, Optional.empty());
    }

    /** File order first, so that a reader goes through the file once; then environment, then command line. */
    static List<ConfigProblem> sorted(List<ConfigProblem> problems) {
        return problems.stream()
                .distinct()
                .sorted((a, b) -> Long.compare(rank(a.where), rank(b.where)))
                .toList();
    }

    private static long rank(Origin origin) {
        return switch (origin) {
            case Origin.File file -> ((long) file.line() << 32) + file.column();
            case Origin.Environment _ -> Long.MAX_VALUE - 2;
            case Origin.SetOption _ -> Long.MAX_VALUE - 1;
            case Origin.Default _ -> Long.MAX_VALUE;
        };
    }
}
