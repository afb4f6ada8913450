package dev.nacelle.dynamo;

import dev.nacelle.spi.config.Setting;

/** The plane's part of the configuration. */
public record DynamoPart(
        @Setting(
                value = "How the workers of this process join a Dynamo deployment; for plane: dynamo",
                byDefault = "{}")
        DynamoConfig dynamo) {}
