package dev.nacelle.runtime.role;

import dev.nacelle.spi.EngineProvider;

/** The engines that a worker may name. */
@FunctionalInterface
public interface EngineSource {
    /** The engine of that name. @throws StartException when there is none; it names the nearest, and all there are */
    EngineProvider<?> provider(String name) throws StartException;
}
