package dev.nacelle.runtime.metrics;

/** Turns any text into a name that every Prometheus accepts, or says that there is none. */
public final class PrometheusNames {
    private PrometheusNames() {}

    /**
     * A metric name: what is outside {@code [a-zA-Z0-9_:]} becomes {@code _}, and a leading digit gets a {@code _}
     * before it.
     *
     * @throws IllegalArgumentException when nothing but underscores is left
     */
    public static String metric(String name) {
        return sanitised("metric", name, true);
    }

    /**
     * A label name: as {@link #metric} but without colons, and with one leading underscore at most, as those with two
     * are reserved.
     *
     * @throws IllegalArgumentException when nothing but underscores is left
     */
    public static String label(String name) {
        var sanitised = sanitised("label", name, false);
        var start = 0;
        while (sanitised.startsWith("__", start)) start++;
        return sanitised.substring(start);
    }

    private static String sanitised(String what, String name, boolean colons) {
        var result = new StringBuilder(name.length() + 1);
        name.codePoints().forEach(c -> {
            if (result.isEmpty() && c >= '0' && c <= '9') result.append('_');
            result.append(isAllowed(c, colons) ? (char) c : '_');
        });
        if (result.chars().allMatch(c -> c == '_'))
            throw new IllegalArgumentException(
                    "%s name \"%s\", expected at least one of a-z, A-Z, 0-9".formatted(what, name));
        return result.toString();
    }

    private static boolean isAllowed(int c, boolean colons) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || (colons && c == ':');
    }
}
