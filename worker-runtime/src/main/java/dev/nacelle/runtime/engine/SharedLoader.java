package dev.nacelle.runtime.engine;

import dev.nacelle.spi.EngineProvider;

/**
 * All that an engine from outside sees of the host: the SPI, its annotations and the JDK. Whatever else it needs it
 * brings along, in whichever version it likes.
 */
final class SharedLoader extends ClassLoader {
    private final ClassLoader host = EngineProvider.class.getClassLoader();

    SharedLoader() {
        super("nacelle-spi", ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return isShared(name) ? host.loadClass(name) : super.loadClass(name, resolve);
    }

    private static boolean isShared(String name) {
        return name.startsWith("dev.nacelle.spi.") || name.startsWith("org.jspecify.annotations.");
    }
}
