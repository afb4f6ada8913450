package dev.nacelle.python.cpython;

import java.util.Locale;

/** Which event loop a CPython engine runs on. */
public enum EventLoop {
    /** uvloop where it is installed, else asyncio. */
    AUTO,
    ASYNCIO,
    UVLOOP;

    /** The name on the Python side. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
