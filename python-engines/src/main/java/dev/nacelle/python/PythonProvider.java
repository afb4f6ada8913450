package dev.nacelle.python;

import dev.nacelle.python.bridge.PythonCode;
import dev.nacelle.python.bridge.Transport;
import dev.nacelle.python.cpython.EmbeddedCPython;
import dev.nacelle.python.graalpy.GraalPy;
import dev.nacelle.python.process.CPythonProcess;
import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.LLMEngine;

/** Makes {@code engine: python}; named in {@code META-INF/services}. */
public final class PythonProvider implements EngineProvider<PythonOptions> {
    private final GraalPy graalPy = new GraalPy();

    @Override
    public String name() {
        return "python";
    }

    @Override
    public String description() {
        return "a class written in Python, run by GraalPy or by CPython";
    }

    @Override
    public Class<PythonOptions> optionsType() {
        return PythonOptions.class;
    }

    @Override
    public LLMEngine create(PythonOptions options) {
        var code = new PythonCode(options.className(), options.path(), options.args());
        return new PythonEngine(code, factory(PythonRuntime.of(options)));
    }

    private Transport.Factory factory(PythonRuntime runtime) {
        return switch (runtime) {
            case PythonRuntime.CPythonProcess(var python, var loop) -> new CPythonProcess(python, loop);
            case PythonRuntime.EmbeddedCPython(var python, var loop) -> new EmbeddedCPython(python, loop);
            case PythonRuntime.GraalPy(var how) -> graalPy.factory(how);
        };
    }
}
