package dev.nacelle.python;

import dev.nacelle.python.PythonOptions.Isolation;

class EmbeddedCPythonTest extends EngineContract {
    @Override
    PythonOptions options(String className, Object args) {
        return Python.options(Isolation.EMBEDDED, className, args);
    }
}
