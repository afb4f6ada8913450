package dev.nacelle.runtime.system;

import dev.nacelle.spi.config.Setting;

/** The {@code system} section: the port of operators and Prometheus. */
public record SystemConfig(
        @Setting(value = "Address to listen on", byDefault = "127.0.0.1")
        String host,

        @Setting(value = "Port to listen on; 0 takes any free one", byDefault = "8081", min = 0, max = 65535)
        int port,

        @Setting(
                value = "Serve the engines' controls and updates; whoever reaches the port can use them",
                byDefault = "false")
        boolean controls) {}
