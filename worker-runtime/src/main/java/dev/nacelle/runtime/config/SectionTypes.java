package dev.nacelle.runtime.config;

import java.util.Map;
import java.util.Optional;

/**
 * The records that {@link SelectedBy} sections may be bound to, by the name in the selecting key. It is made in the
 * middle of loading, as finding the engines may need settings ({@code engine_path}) of the same file.
 */
@FunctionalInterface
public interface SectionTypes {

    /** Finds no type: every section stays raw until {@link Configuration#bind} is called for it. */
    SectionTypes NONE = _ -> Optional.empty();

    /**
     * Name → record. A name that is not in the map is reported as a mistake where it is written. Empty leaves all
     * sections raw, as when the settings needed for finding the types are themselves wrong.
     */
    Optional<Map<String, Class<? extends Record>>> types(Parts parts);

    /** What is bound so far. */
    @FunctionalInterface
    interface Parts {
        /** The part, unless there is a mistake in it. */
        <T extends Record> Optional<T> part(Class<T> type);
    }
}
