package dev.nacelle.python.graalpy.guest;

import dev.nacelle.python.bridge.PythonCode;
import dev.nacelle.python.bridge.Sdk;
import dev.nacelle.python.graalpy.Sandbox;
import java.io.File;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.EnvironmentAccess;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotAccess;
import org.graalvm.polyglot.io.IOAccess;

/** Builds the context of one engine. */
final class Contexts {
    private Contexts() {}

    static Context create(Engine engine, Sandbox sandbox, PythonCode code, GuestOutput output) {
        var modules = CompiledModules.folder(engine.getVersion());
        var builder = Context.newBuilder("python")
                .engine(engine)
                // Contexts of one engine must not differ in it, and Python needs nothing of Java's.
                .allowHostAccess(HostAccess.EXPLICIT)
                .allowPolyglotAccess(PolyglotAccess.NONE)
                .in(InputStream.nullInputStream())
                .out(output)
                .err(output)
                .option("python.PosixModuleBackend", "java")
                .option("python.PythonPath", pythonPath(code));
        modules.ifPresent(folder -> builder.option("python.DontWriteBytecodeFlag", "false")
                .option("python.PyCachePrefix", folder.toString()));
        switch (sandbox) {
            case STRICT -> strict(builder, code, modules);
            case TRUSTED -> trusted(builder);
        }
        return builder.build();
    }

    private static void strict(Context.Builder builder, PythonCode code, Optional<Path> modules) {
        // Whatever folder the host was started in is none of the engine's.
        if (!code.path().isEmpty())
            builder.currentWorkingDirectory(code.path().getFirst().toAbsolutePath());
        var readable = new ArrayList<>(code.path());
        readable.add(sdk());
        builder.allowIO(IOAccess.newBuilder()
                .fileSystem(StrictFiles.of(readable, modules))
                .build());
    }

    /** No native code: GraalPy's own C part would end the whole process with it. */
    private static void trusted(Context.Builder builder) {
        builder.allowIO(IOAccess.ALL)
                .allowCreateThread(true)
                .allowCreateProcess(true)
                .allowEnvironmentAccess(EnvironmentAccess.INHERIT);
    }

    private static String pythonPath(PythonCode code) {
        return Stream.concat(Stream.of(Sdk.folder()), code.path().stream().map(Path::toString))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The folder of the SDK, or the jar that it is in. */
    private static Path sdk() {
        var folder = Path.of(Sdk.folder());
        return Sdk.isInJar() ? java.util.Objects.requireNonNull(folder.getParent()) : folder;
    }
}
