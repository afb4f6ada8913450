package dev.nacelle.python.graalpy.guest;

import java.lang.reflect.InvocationTargetException;
import org.graalvm.polyglot.Context;

/**
 * Has the threads of a context take turns, those that compute too: GraalPy asks one that holds its GIL to let another have
 * it, but begins to do so in the first context of a polyglot engine that has a second thread, and in none after that. In the
 * others, nobody could ask code that computes where it is.
 *
 * <p>It is GraalPy's own call, made for each context; no public one leads there. The version is that of the build's.
 */
final class TakingTurns {
    private static final String CONTEXT = "com.oracle.graal.python.runtime.PythonContext";

    private TakingTurns() {}

    /** To be called once for a context that Python is loaded in. */
    static void begin(Context python) {
        python.enter();
        try {
            var type = Class.forName(CONTEXT);
            var node = Class.forName("com.oracle.truffle.api.nodes.Node");
            var current = type.getMethod("get", node).invoke(null, (Object) null);
            type.getMethod("initializeMultiThreading").invoke(current);
        } catch (ReflectiveOperationException e) {
            var cause = e instanceof InvocationTargetException thrown ? thrown.getTargetException() : e;
            throw new IllegalStateException("this GraalPy is another than the one Nacelle was built for: " + cause, e);
        } finally {
            python.leave();
        }
    }
}
