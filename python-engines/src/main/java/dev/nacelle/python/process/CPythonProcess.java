package dev.nacelle.python.process;

import dev.nacelle.python.bridge.PythonCode;
import dev.nacelle.python.bridge.Sdk;
import dev.nacelle.python.bridge.Transport;
import dev.nacelle.python.cpython.EventLoop;
import dev.nacelle.python.cpython.Executable;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs CPython in a process of its own, which is started again when it dies. */
public record CPythonProcess(Optional<Path> python, EventLoop loop) implements Transport.Factory {
    private static final String BOOT =
            "import sys; sys.path.insert(0, sys.argv[1]); from nacelle._bridge import process; process.main(sys.argv[1:])";

    @Override
    public String runtime() {
        return "cpython";
    }

    @Override
    public boolean restarts() {
        return true;
    }

    @Override
    public Transport open(PythonCode code, Transport.Receiver receiver) throws EngineException, InterruptedException {
        var executable = Executable.find(python);
        try {
            return Child.start(folder -> command(executable, folder, code), receiver);
        } catch (IOException e) {
            throw new EngineException(
                    new EngineError.EngineShutdown("%s could not be started: %s".formatted(executable, e.getMessage())),
                    e);
        }
    }

    private List<String> command(Path executable, SocketFolder folder, PythonCode code) {
        var command = new ArrayList<>(List.of(
                executable.toString(),
                "-u",
                "-c",
                BOOT,
                Sdk.folder(),
                folder.socket().toString(),
                Long.toString(ProcessHandle.current().pid()),
                loop.word()));
        code.path().forEach(entry -> command.add(entry.toString()));
        return command;
    }
}
