package dev.nacelle.python;

import dev.nacelle.python.cpython.EventLoop;
import dev.nacelle.python.graalpy.Jit;
import dev.nacelle.python.graalpy.Sandbox;
import dev.nacelle.spi.config.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The options of {@code engine: python}, as they stand in the file; {@link PythonRuntime} sorts them. */
public record PythonOptions(
        @Setting(
                key = "class",
                value = "The engine: module:Class, or path/to/file.py:Class, a file in one of the folders of path")
        String className,

        @Setting(
                value =
                        "Folders to add to sys.path, such as a venv's site-packages; the default is the configuration's own",
                byDefault = "[.]")
        List<Path> path,

        @Setting(
                value = "What runs it: GraalPy, which needs nothing installed, or CPython, which has native wheels",
                byDefault = "graalpy")
        Interpreter runtime,

        @Setting(
                value = "Inside this process, or in one of its own (CPython) that may crash and is started again",
                byDefault = "embedded")
        Isolation isolation,

        @Setting("CPython: the interpreter, or the folder of a venv; default: python3 on PATH")
        Optional<Path> python,

        @Setting(value = "CPython: the event loop; auto is uvloop where it is installed", byDefault = "auto")
        EventLoop loop,

        @Setting(value = "GraalPy: whether the engine is kept to its own folders", byDefault = "strict")
        Sandbox sandbox,

        @Setting(value = "GraalPy: whether the compiler is used; auto is where it was installed", byDefault = "auto")
        Jit jit,

        @Setting(
                value = "GraalPy: how long the event loop may stand still until it is reported and interrupted",
                byDefault = "30s",
                min = 0.1)
        Duration hangTimeout,

        @Setting(value = "Keyword arguments of the class, or a list: the argv of its from_args", byDefault = "[]")
        Object args) {
    private static final Pattern CLASS = Pattern.compile("(?<module>.+):(?<name>[\\p{L}_][\\p{L}\\p{N}_.]*)");

    /** Which Python. */
    public enum Interpreter {
        GRAALPY,
        CPYTHON
    }

    /** Where it runs. */
    public enum Isolation {
        EMBEDDED,
        PROCESS
    }

    public PythonOptions {
        if (!CLASS.matcher(className).matches())
            throw new IllegalArgumentException(
                    "class '%s', expected module:Class or path/to/file.py:Class".formatted(className));
        path = List.copyOf(path);
        if (runtime == Interpreter.GRAALPY && isolation == Isolation.PROCESS)
            throw new IllegalArgumentException(
                    "isolation process, expected embedded with runtime: graalpy; set runtime: cpython");
        if (runtime == Interpreter.GRAALPY && python.isPresent())
            throw new IllegalArgumentException(
                    "python %s, expected nothing with runtime: graalpy; set runtime: cpython".formatted(python.get()));
        if (!(args instanceof List<?> || args instanceof Map<?, ?>))
            throw new IllegalArgumentException(
                    "args %s, expected names and values, or a list of arguments".formatted(args));
    }
}
