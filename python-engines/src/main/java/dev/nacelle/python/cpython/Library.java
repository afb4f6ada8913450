package dev.nacelle.python.cpython;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The shared library of one interpreter, as that interpreter itself tells.
 *
 * @param executable {@code sys.executable}: a venv's is the venv's, and what only leads to an interpreter is left behind
 * @param file the library
 * @param version as {@code 3.11.7}
 * @param prefix {@code sys.prefix}: the venv, or the installation
 */
record Library(Path executable, Path file, String version, Path prefix) {
    private static final int MINOR_MIN = 9;
    private static final int MINOR_MAX = 14;
    private static final String PROBE = """
            import os, sys, sysconfig
            var = sysconfig.get_config_var
            names = [n for n in (var('INSTSONAME'), var('LDLIBRARY')) if n and ('.so' in n or '.dylib' in n)]
            folders = [var('LIBDIR'), os.path.join(sys.base_prefix, 'lib'), var('LIBPL')]
            if var('LIBDIR') and var('MULTIARCH'):
                folders.insert(1, os.path.join(var('LIBDIR'), var('MULTIARCH')))
            found = [p for p in (os.path.join(f, n) for f in folders if f for n in names) if os.path.isfile(p)]
            print(sys.implementation.name)
            print('.'.join(map(str, sys.version_info[:3])))
            print(sys.prefix)
            print(sys.executable)
            print(names[0] if names else '')
            print(found[0] if found else '')
            """;

    /** Asks the interpreter. @throws EngineException when it cannot be embedded; the message says what to do */
    static Library of(Path executable) throws EngineException, InterruptedException {
        var said = ask(executable);
        if (said.size() < 6)
            throw EngineException.invalid("python: %s is no Python: it answered %s".formatted(executable, said));
        var version = said.get(1);
        var release = version.split("\\.", -1);
        int minor = Integer.parseInt(release[1]);
        if (!said.getFirst().equals("cpython") || !release[0].equals("3") || minor < MINOR_MIN || minor > MINOR_MAX)
            throw EngineException.invalid("python: %s is %s %s, expected CPython 3.%d to 3.%d"
                    .formatted(executable, said.getFirst(), version, MINOR_MIN, MINOR_MAX));
        var library = said.get(5);
        if (library.isEmpty()) throw EngineException.invalid(missing(executable, "3." + minor, said.get(4)));
        return new Library(Path.of(said.get(3)), Path.of(library), version, Path.of(said.get(2)));
    }

    private static String missing(Path executable, String version, String name) {
        var advice = "or set isolation: process, which needs no library";
        return name.isEmpty()
                ? "python: %s was built without a shared library, which embedding needs; build it with --enable-shared (pyenv: PYTHON_CONFIGURE_OPTS=--enable-shared), %s"
                        .formatted(executable, advice)
                : "python: the shared library %s of %s is not installed; install it (Debian: apt-get install libpython%s), %s"
                        .formatted(name, executable, version, advice);
    }

    private static List<String> ask(Path executable) throws EngineException, InterruptedException {
        try {
            var probe = new ProcessBuilder(executable.toString(), "-I", "-c", PROBE)
                    .redirectErrorStream(true)
                    .start();
            probe.getOutputStream().close();
            var said = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = probe.waitFor();
            if (code != 0)
                throw EngineException.invalid(
                        "python: %s failed with exit code %d: %s".formatted(executable, code, said.strip()));
            return said.lines().toList();
        } catch (IOException e) {
            throw new EngineException(
                    new EngineError.InvalidArgument(
                            "python: %s cannot be run: %s".formatted(executable, e.getMessage())),
                    e);
        }
    }
}
