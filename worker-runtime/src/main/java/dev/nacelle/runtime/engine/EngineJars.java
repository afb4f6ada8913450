package dev.nacelle.runtime.engine;

import dev.nacelle.runtime.role.StartException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;

/** One entry of {@code engine_path}: a jar, or a folder of jars that belong together. */
record EngineJars(Path entry, List<Path> jars) {
    static EngineJars at(Path entry) throws StartException {
        var jars = find(entry);
        for (var jar : jars) check(entry, jar);
        return new EngineJars(entry, jars);
    }

    /** A class loader of its own, to be closed by the caller. */
    URLClassLoader open(ClassLoader parent) {
        return new URLClassLoader(
                "engines at " + entry, jars.stream().map(EngineJars::url).toArray(URL[]::new), parent);
    }

    private static List<Path> find(Path entry) throws StartException {
        if (!Files.exists(entry)) throw new StartException("engine_path %s: no such file or folder".formatted(entry));
        if (!Files.isDirectory(entry)) return List.of(entry);
        try (var files = Files.list(entry)) {
            var jars = files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
            if (jars.isEmpty())
                throw new StartException(
                        "engine_path %s: a folder without jars, expected at least one".formatted(entry));
            return jars;
        } catch (IOException e) {
            throw new StartException("engine_path %s: the folder cannot be read: %s".formatted(entry, e), e);
        }
    }

    /** A class loader silently skips what it cannot open. */
    private static void check(Path entry, Path jar) throws StartException {
        try (var file = new JarFile(jar.toFile())) {
            var _ = file.getManifest();
        } catch (IOException e) {
            var which = jar.equals(entry) ? "" : " " + jar.getFileName();
            throw new StartException(
                    "engine_path %s:%s cannot be read as a jar: %s".formatted(entry, which, e.getMessage()), e);
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException("the platform's file URLs are broken: " + jar, e);
        }
    }
}
