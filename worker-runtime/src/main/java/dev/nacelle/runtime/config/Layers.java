package dev.nacelle.runtime.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The overlays of a source: the environment's variables first, then the {@code --set} expressions. */
final class Layers {
    static final String PREFIX = "NACELLE_";

    /** What the launcher and the JVM start reads for itself. */
    private static final Set<String> LAUNCHER = Set.of("NACELLE_HOME", "NACELLE_JAVA_OPTS");

    /**
     * Kubernetes puts such variables into every pod that can see a service whose name begins with "nacelle"; they are
     * about that service and nobody's mistake.
     */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "NACELLE_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");

    private Layers() {}

    static List<Overlay> of(ConfigSource source, List<ConfigProblem> problems) {
        var overlays = new ArrayList<Overlay>();
        source.environment().entrySet().stream()
                .filter(variable -> variable.getKey().startsWith(PREFIX))
                .filter(variable -> !LAUNCHER.contains(variable.getKey()) && !isServiceLink(variable))
                .sorted(Comparator.comparing(variable -> sortable(variable.getKey())))
                .forEach(variable -> environment(variable.getKey(), variable.getValue(), problems)
                        .ifPresent(overlays::add));
        source.sets().forEach(set -> expression(set, problems).ifPresent(overlays::add));
        return List.copyOf(overlays);
    }

    private static boolean isServiceLink(Map.Entry<String, String> variable) {
        var name = variable.getKey();
        return !name.contains("__")
                && (SERVICE_LINK.matcher(name).matches()
                        || (name.endsWith("_PORT")
                                && SERVICE_ADDRESS.matcher(variable.getValue()).matches()));
    }

    /** In an order where {@code __9} comes before {@code __10} and a whole list before its items. */
    private static String sortable(String name) {
        return DIGITS.matcher(name)
                .replaceAll(digits -> "0".repeat(10 - digits.group().length()) + digits.group());
    }

    private static Optional<Overlay> environment(String name, String text, List<ConfigProblem> problems) {
        var origin = new Origin.Environment(name);
        var steps = Arrays.stream(
                        name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).split("__", -1))
                .<KeyPath.Step>map(part -> DIGITS.matcher(part).matches()
                        ? new KeyPath.Step.Digits(Integer.parseInt(part), part)
                        : new KeyPath.Step.Key(part))
                .toList();
        if (steps.stream().anyMatch(step -> step.isKey(""))) {
            problems.add(ConfigProblem.of(
                    origin,
                    "",
                    "an empty key in the name",
                    "keys separated by two underscores, as in NACELLE_FRONTEND__PORT"));
            return Optional.empty();
        }
        return YamlReader.value(text, origin, problems).map(value -> new Overlay(steps, value));
    }

    private static Optional<Overlay> expression(String expression, List<ConfigProblem> problems) {
        int equals = expression.indexOf('=');
        var path = (equals < 0 ? expression : expression.substring(0, equals)).strip();
        var origin = new Origin.SetOption(path);
        var steps = KeyPath.parse(path);
        if (equals < 0 || steps.isEmpty()) {
            problems.add(ConfigProblem.of(
                    origin,
                    "",
                    equals < 0 ? "no \"=\"" : "no path of keys",
                    "path=value, as in workers[0].options.rate=5"));
            return Optional.empty();
        }
        return YamlReader.value(expression.substring(equals + 1), origin, problems)
                .map(value -> new Overlay(steps.get(), value));
    }
}
