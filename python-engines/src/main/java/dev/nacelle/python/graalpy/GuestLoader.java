package dev.nacelle.python.graalpy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/**
 * Loads GraalPy from jars of its own, and the classes of this module that are compiled against it: those of the package
 * {@code guest}, which the host's class loader cannot link. Everything else of Nacelle's is the host's. What the host has
 * on its class path beside that is not seen, so that two versions of GraalPy never mix.
 */
final class GuestLoader extends URLClassLoader {
    static {
        registerAsParallelCapable();
    }

    private static final String GUEST = GuestLoader.class.getPackageName() + ".guest.";

    private final ClassLoader host = GuestLoader.class.getClassLoader();

    GuestLoader(List<URL> jars) {
        super("graalpy", jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith(GUEST)) return guest(name);
        return isHosts(name) ? host.loadClass(name) : super.loadClass(name, resolve);
    }

    private static boolean isHosts(String name) {
        return name.startsWith("dev.nacelle.") || name.startsWith("org.jspecify.annotations.");
    }

    private Class<?> guest(String name) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            var loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    /** From the host's class file, but linked here. */
    private Class<?> define(String name) throws ClassNotFoundException {
        try (var file = host.getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) throw new ClassNotFoundException(name);
            var bytes = file.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length, GuestLoader.class.getProtectionDomain());
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
