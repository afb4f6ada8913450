package dev.nacelle.python.graalpy.guest;

import dev.nacelle.python.graalpy.Jit;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import org.graalvm.polyglot.Engine;
import org.jspecify.annotations.Nullable;

/**
 * The polyglot engines, which hold the code of all contexts: one that compiles where the compiler loads, and, when it is
 * asked for, one that does not. Safe from any thread.
 */
final class Engines {
    private final GuestOutput output = new GuestOutput();
    private @Nullable Engine automatic;
    private @Nullable Engine interpreting;

    /** @throws EngineException when the compiler is required and did not load */
    synchronized Engine of(Jit jit) throws EngineException {
        var engine = automatic();
        return switch (jit) {
            case AUTO -> engine;
            case REQUIRED -> {
                if (!compiles(engine))
                    throw new EngineException(new EngineError.Unknown(
                            "jit: required, and the compiler did not load: %s; or set jit: auto".formatted(why())));
                yield engine;
            }
            case OFF -> compiles(engine) ? interpreting() : engine;
        };
    }

    static boolean compiles(Engine engine) {
        return !engine.getImplementationName().contains("Interpreted");
    }

    private Engine automatic() {
        if (automatic == null) automatic = builder().build();
        return automatic;
    }

    private Engine interpreting() {
        if (interpreting == null)
            interpreting = builder().option("engine.Compilation", "false").build();
        return interpreting;
    }

    private Engine.Builder builder() {
        return Engine.newBuilder("python")
                .option("engine.WarnInterpreterOnly", "false") // jit says what is wanted
                .out(output)
                .err(output)
                .logHandler(output);
    }

    /** Why a JVM has no compiler for GraalPy. */
    private static String why() {
        int feature = Runtime.version().feature();
        if (feature != 25) return "it needs a JDK 25, and this is %d".formatted(feature);
        if (isAbsent("jdk.internal.vm.ci"))
            return "the JVM was started without -XX:+EnableJVMCI; the launcher `nacelle` sets it";
        if (isAbsent("jdk.graal.compiler"))
            return "the JVM was started without --upgrade-module-path=…/lib/graalpy-jit; the launcher `nacelle` sets it";
        return "this JVM has it, and GraalPy runs without: the versions of the two differ, or the JVM is not HotSpot";
    }

    private static boolean isAbsent(String module) {
        return ModuleLayer.boot().findModule(module).isEmpty();
    }
}
