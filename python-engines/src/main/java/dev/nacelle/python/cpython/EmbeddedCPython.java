package dev.nacelle.python.cpython;

import dev.nacelle.python.bridge.PythonCode;
import dev.nacelle.python.bridge.Transport;
import dev.nacelle.spi.error.EngineException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Runs CPython inside this process.
 *
 * @param python an interpreter or a venv's folder; empty for python3 on PATH
 */
public record EmbeddedCPython(Optional<Path> python, EventLoop loop) implements Transport.Factory {
    @Override
    public String runtime() {
        return "cpython";
    }

    /** An event loop that ends has taken nothing with it that a new one would bring back. */
    @Override
    public boolean restarts() {
        return false;
    }

    @Override
    public Transport open(PythonCode code, Transport.Receiver receiver) throws EngineException, InterruptedException {
        var interpreter = Interpreter.of(Executable.find(python));
        return EmbeddedLoop.start(interpreter, code, loop, receiver);
    }
}
