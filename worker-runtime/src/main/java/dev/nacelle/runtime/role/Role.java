package dev.nacelle.runtime.role;

import java.util.List;

/**
 * Something that a process does: serve engines, or serve HTTP. Found through {@link java.util.ServiceLoader}; the
 * configuration's {@code roles} chooses and orders them.
 *
 * @param <C> the role's part of the configuration: a record whose components are top-level keys
 */
public interface Role<C extends Record> {
    /** What {@code roles} names. */
    String name();

    Class<C> configuration();

    /**
     * Starts the role; what this method has begun is undone by it when it throws.
     *
     * @throws StartException when it cannot start, with a message for the operator
     */
    RunningRole start(C configuration, HostServices host) throws StartException, InterruptedException;

    /** Picocli command objects that the role adds to the command line. */
    default List<Object> subcommands() {
        return List.of();
    }
}
