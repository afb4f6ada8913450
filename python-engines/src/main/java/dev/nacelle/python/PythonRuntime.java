package dev.nacelle.python;

import dev.nacelle.python.cpython.EventLoop;
import dev.nacelle.python.graalpy.GuestOptions;
import java.nio.file.Path;
import java.util.Optional;

/** The three ways to run an engine, each with what the options say of it. */
sealed interface PythonRuntime {
    /** GraalPy in this process. */
    record GraalPy(GuestOptions how) implements PythonRuntime {}

    /** CPython in this process. */
    record EmbeddedCPython(Optional<Path> python, EventLoop loop) implements PythonRuntime {}

    /** CPython in a process of its own. */
    record CPythonProcess(Optional<Path> python, EventLoop loop) implements PythonRuntime {}

    static PythonRuntime of(PythonOptions options) {
        return switch (options.runtime()) {
            case GRAALPY -> new GraalPy(new GuestOptions(options.sandbox(), options.jit(), options.hangTimeout()));
            case CPYTHON ->
                switch (options.isolation()) {
                    case EMBEDDED -> new EmbeddedCPython(options.python(), options.loop());
                    case PROCESS -> new CPythonProcess(options.python(), options.loop());
                };
        };
    }
}
