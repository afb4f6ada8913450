package dev.nacelle.python.graalpy;

/** What an engine in GraalPy may reach. */
public enum Sandbox {
    /** Its own folders, read-only; no threads, sockets, processes or native code. */
    STRICT,
    /** Files, threads, processes, sockets and environment of the host; still no native code. */
    TRUSTED
}
