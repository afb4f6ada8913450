package dev.nacelle.python.bridge;

import java.nio.file.Path;
import java.util.List;

/**
 * The engine's code.
 *
 * @param className {@code module:Class} or {@code file.py:Class}
 * @param path folders for {@code sys.path}, after {@link Sdk#folder}
 * @param args JSON-like: a list for {@code from_args}, or a map of keyword arguments
 */
public record PythonCode(String className, List<Path> path, Object args) {
    public PythonCode {
        path = List.copyOf(path);
    }
}
