package dev.nacelle.python;

import dev.nacelle.python.PythonOptions.Interpreter;
import dev.nacelle.python.PythonOptions.Isolation;
import dev.nacelle.python.cpython.EventLoop;
import dev.nacelle.python.graalpy.Jars;
import dev.nacelle.python.graalpy.Jit;
import dev.nacelle.python.graalpy.Sandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/** GraalPy inside this JVM. Trusted, as the engine of the contract starts threads. */
@Tag("long")
class GraalPyTest extends EngineContract {
    @Override
    PythonOptions options(String className, Object args) {
        try {
            Jars.ready();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        return new PythonOptions(
                className,
                List.of(Python.FOLDER),
                Interpreter.GRAALPY,
                Isolation.EMBEDDED,
                Optional.empty(),
                EventLoop.AUTO,
                Sandbox.TRUSTED,
                Jit.AUTO,
                Duration.ofSeconds(30),
                args);
    }
}
