package dev.nacelle.runtime.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used; {@link #getMessage()} lists every mistake, one a line, for a person to read. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A file of nonsense must not fill the terminal; the list keeps them all. */
    private static final int PRINTED_MAX = 20;

    private final transient List<ConfigProblem> problems;

    /**
     * @param problems at least one
     * @throws IllegalArgumentException if there is none
     */
    public ConfigException(List<ConfigProblem> problems) {
        var sorted = ConfigProblem.sorted(problems);
        super(render(sorted));
        this.problems = sorted;
    }

    /** All mistakes, in the order of the file, then the environment, then the command line. */
    public List<ConfigProblem> problems() {
        return problems;
    }

    private static String render(List<ConfigProblem> problems) {
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("no problems, expected at least one");
        }
        var lines = problems.stream()
                .limit(PRINTED_MAX)
                .map(problem -> "\n  " + problem.text())
                .collect(Collectors.joining());
        var count = problems.size() == 1 ? "a mistake" : problems.size() + " mistakes";
        var more = problems.size() > PRINTED_MAX ? "\n  … and %d more".formatted(problems.size() - PRINTED_MAX) : "";
        return "The configuration has " + count + ":" + lines + more;
    }
}
