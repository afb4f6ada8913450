package dev.nacelle.dynamo.net;

import java.io.IOException;

/** Failures of a plane's threads, as no frontend could bring them about. */
public final class Breakage {
    private Breakage() {}

    /** Takes a thread's selector away under it. */
    public static void of(ResponseLoop loop) throws IOException {
        loop.selector().close();
    }

    /** Takes a thread's selector away under it. */
    public static void of(RequestServer server) throws IOException {
        server.selector().close();
    }

    /** Takes away what no thread could make good. */
    public static void forGood(RequestServer server) throws IOException {
        server.channel().close();
        server.selector().close();
    }
}
