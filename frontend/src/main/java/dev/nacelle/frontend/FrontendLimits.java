package dev.nacelle.frontend;

import dev.nacelle.runtime.config.ByteSize;
import dev.nacelle.spi.config.Setting;
import java.time.Duration;

/** The {@code frontend.limits} section: what one caller may take of the process. */
public record FrontendLimits(
        @Setting(
                value = "Largest body of a request; answered with 413 beyond",
                byDefault = "8MiB",
                min = 1024,
                max = 1073741824)
        ByteSize body,

        @Setting(
                value = "Bytes of all bodies that are being received; answered with 429 beyond",
                byDefault = "256MiB",
                min = 1024)
        ByteSize bodies,

        @Setting(
                value = "Time in which a request's body must arrive; answered with 408 after",
                byDefault = "30s",
                min = 0.1,
                max = 3600)
        Duration bodyTimeout,

        @Setting(
                value = "Largest head of a request; answered with 431 beyond",
                byDefault = "16KiB",
                min = 1024,
                max = 1048576)
        ByteSize head,

        @Setting(
                value = "Time in which a request's head must arrive; the connection is closed after",
                byDefault = "10s",
                min = 0.1,
                max = 3600)
        Duration headTimeout,

        @Setting(
                value = "How long a connection may be silent: between requests, and while a response waits to be read",
                byDefault = "60s",
                min = 0.1,
                max = 86400)
        Duration idleTimeout,

        @Setting(value = "Connections at a time; further ones wait to be accepted", byDefault = "8192", min = 1)
        int connections,

        @Setting(value = "Levels of objects and arrays that a body may have", byDefault = "64", min = 4, max = 1000)
        int jsonDepth,

        @Setting(
                value = "Longest string in a body, in characters; a longer one is refused as it is read",
                byDefault = "8000000",
                min = 1024)
        int jsonString,

        @Setting(
                value = "Longest prompt in characters; a longer one is refused before it is tokenized",
                byDefault = "4000000",
                min = 1)
        int promptChars,

        @Setting(
                value =
                        "Tokens of one response that wait to be written, before the engine is to hold back and in the end"
                                + " the response fails",
                byDefault = "1024",
                min = 8,
                max = 1048576)
        int streamQueue) {
    public FrontendLimits {
        if (bodies.bytes() < body.bytes())
            throw new IllegalArgumentException(
                    "bodies %d bytes, expected at least the %d of body".formatted(bodies.bytes(), body.bytes()));
    }
}
