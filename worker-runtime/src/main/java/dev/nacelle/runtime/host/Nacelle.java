package dev.nacelle.runtime.host;

import dev.nacelle.runtime.role.StartException;

/**
 * Nacelle inside another application:
 *
 * <pre>{@code
 * try (var host = Nacelle.start(HostConfig.of(Path.of("nacelle.yaml")))) {
 *     …
 * }
 * }</pre>
 *
 * <p>No signal handlers, no {@code System.exit}, no static state: two hosts in one JVM do not know each other.
 */
public final class Nacelle {
    private Nacelle() {}

    /**
     * Starts everything that the configuration asks for and returns when it serves.
     *
     * @throws StartException when any part cannot start; what had started is stopped again
     */
    public static Host start(HostConfig config) throws StartException, InterruptedException {
        var host = new Host(config);
        host.start((_, _, _) -> {});
        return host;
    }
}
