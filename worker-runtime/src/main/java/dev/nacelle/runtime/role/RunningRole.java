package dev.nacelle.runtime.role;

import java.util.List;

/** A role at work. A stop drains all roles at once, under one deadline, then closes them in reverse order of start. */
public interface RunningRole extends AutoCloseable {
    /** What is served and where, a line each, for the one who started the process. */
    List<String> served();

    /**
     * Takes nothing new, lets what runs finish, and ends what has not by the deadline. Blocks; called once.
     *
     * @return whether all work ended by itself
     */
    boolean drain(Deadline deadline);

    /** Releases everything; idempotent, also without a drain before. */
    @Override
    void close();
}
