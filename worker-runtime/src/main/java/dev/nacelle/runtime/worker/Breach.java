package dev.nacelle.runtime.worker;

import java.util.Locale;

/** What an engine can do against its contract while it serves. */
enum Breach {
    NO_TERMINAL("returned from generate without a terminal item"),
    AFTER_TERMINAL("went on after its terminal item"),
    CONCURRENT_SINK("used a sink from two threads at once"),
    IGNORED_CANCELLATION("still runs a request that was cancelled");

    private final String what;

    Breach(String what) {
        this.what = what;
    }

    /** What the engine did, to follow its name. */
    String what() {
        return what;
    }

    /** The key in {@code /health}. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
