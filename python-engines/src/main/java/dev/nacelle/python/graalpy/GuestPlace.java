package dev.nacelle.python.graalpy;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where GraalPy is: on the class path, as an application that embeds Nacelle may have it, or in a folder of the
 * distribution, which is filled when a configuration first asks for it.
 */
sealed interface GuestPlace {
    /** The folder of GraalPy's jars, where it is not the distribution's. */
    String FOLDER = "nacelle.graalpy";

    /** Set by the launcher: where the distribution lies. */
    String HOME = "nacelle.home";

    /**
     * Loads its classes.
     *
     * @throws EngineException when those that are there do not fit
     */
    Guest load() throws EngineException;

    /**
     * Looks for it.
     *
     * @throws EngineException when it is nowhere; the message says how to get it
     */
    static GuestPlace find() throws EngineException {
        var host = GuestPlace.class.getClassLoader();
        if (host.getResource("com/oracle/graal/python/PythonLanguage.class") != null) return new ClassPath(host);
        var folder = System.getProperty(FOLDER);
        if (folder != null) return Folder.at(Path.of(folder), "the system property " + FOLDER + " names it");
        var home = System.getProperty(HOME);
        if (home != null)
            return Folder.at(
                    Path.of(home, "lib", "graalpy"),
                    "run %s once, which fetches it with Maven"
                            .formatted(Path.of(home, "bin", "fetch-graalpy").toAbsolutePath()));
        throw missing(
                "GraalPy is not on the class path: add org.graalvm.polyglot:polyglot and org.graalvm.polyglot:python "
                        + "(type pom), both %s, to the application".formatted(GraalPy.VERSION));
    }

    private static EngineException missing(String message) {
        return new EngineException(new EngineError.Unknown(message + "; or set runtime: cpython"));
    }

    private static Guest load(ClassLoader loader) throws EngineException {
        try {
            return (Guest) loader.loadClass("dev.nacelle.python.graalpy.guest.PolyglotGuest")
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new EngineException(
                    new EngineError.Unknown(
                            "GraalPy does not load; expected version %s: %s".formatted(GraalPy.VERSION, e)),
                    e);
        }
    }

    /** Among the application's own classes. */
    record ClassPath(ClassLoader loader) implements GuestPlace {
        @Override
        public Guest load() throws EngineException {
            return GuestPlace.load(loader);
        }
    }

    /** In jars of its own. */
    record Folder(List<URL> jars) implements GuestPlace {
        /** @param remedy what to do when it is not there */
        static Folder at(Path folder, String remedy) throws EngineException {
            if (!Files.isRegularFile(folder.resolve("polyglot-%s.jar".formatted(GraalPy.VERSION))))
                throw missing("GraalPy %s is not in %s: %s".formatted(GraalPy.VERSION, folder, remedy));
            var jars = new ArrayList<URL>();
            try (var files = Files.newDirectoryStream(folder, "*.jar")) {
                for (var file : files) jars.add(url(file));
            } catch (IOException e) {
                throw new EngineException(
                        new EngineError.Unknown("GraalPy's folder %s cannot be read: %s".formatted(folder, e)), e);
            }
            return new Folder(jars);
        }

        @Override
        @SuppressWarnings("resource") // open for as long as the process runs engines
        public Guest load() throws EngineException {
            return GuestPlace.load(new GuestLoader(jars));
        }

        private static URL url(Path jar) {
            try {
                return jar.toUri().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalStateException("the platform's file URLs are broken: " + jar, e);
            }
        }
    }
}
