package dev.nacelle.python;

import dev.nacelle.python.PythonOptions.Isolation;

class CPythonProcessTest extends EngineContract {
    @Override
    PythonOptions options(String className, Object args) {
        return Python.options(Isolation.PROCESS, className, args);
    }
}
