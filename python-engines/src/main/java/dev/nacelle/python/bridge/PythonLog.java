package dev.nacelle.python.bridge;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Python's log lines, under the loggers that they came from. */
public final class PythonLog {
    private static final int ERROR = 40;
    private static final int WARNING = 30;
    private static final int INFO = 20;
    private static final int DEBUG = 10;
    /** Names come from engines: one that makes a logger per request must not fill the memory. */
    private static final int LOGGERS_MAX = 1_000;

    private final Map<String, System.Logger> loggers = new ConcurrentHashMap<>();

    /**
     * Logs a line.
     *
     * @param level as Python counts: 10 debug to 50 critical
     * @param name the Python logger; what was printed comes under {@code stdout} and {@code stderr}
     */
    public void log(int level, String name, String text) {
        var known = loggers.size() < LOGGERS_MAX || loggers.containsKey(name) ? name : "root";
        // Passed as a parameter: a text may hold braces. And prefixed, as operators set levels by prefix.
        loggers.computeIfAbsent(known, each -> System.getLogger("python." + each))
                .log(level(level), "{0}", text);
    }

    private static System.Logger.Level level(int python) {
        if (python >= ERROR) return System.Logger.Level.ERROR;
        if (python >= WARNING) return System.Logger.Level.WARNING;
        if (python >= INFO) return System.Logger.Level.INFO;
        return python >= DEBUG ? System.Logger.Level.DEBUG : System.Logger.Level.TRACE;
    }
}
