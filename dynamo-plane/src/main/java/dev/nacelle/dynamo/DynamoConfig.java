package dev.nacelle.dynamo;

import dev.nacelle.runtime.config.ByteSize;
import dev.nacelle.spi.config.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The {@code dynamo} section. */
public record DynamoConfig(
        @Setting(value = "Where frontends look for workers: in a folder (file), or in an etcd", byDefault = "file")
        Discovery discovery,

        @Setting("For discovery: file, the folder; what DYN_FILE_KV is for the deployment's other processes")
        Optional<Path> root,

        @Setting(value = "For discovery: etcd, its members", byDefault = "[\"http://127.0.0.1:2379\"]")
        List<URI> endpoints,

        @Setting(value = "The port on which frontends bring requests", byDefault = "{}")
        Requests request,

        @Setting("Where frontends reach the system port, which serves the model's files; default: where it listens")
        Optional<URI> systemAddress,

        @Setting("Where the model came from, as the deployment's other workers have it; default: the model's folder")
        Optional<String> sourcePath,

        @Setting(
                value = "Tokens per KV block, as the other workers have it; default: the engine's word, or 16",
                min = 1)
        OptionalInt kvCacheBlockSize,

        @Setting(value = "Context length, as the other workers have it; default: the engine's word, or 0", min = 0)
        OptionalInt contextLength,

        @Setting(value = "Whether cards say their worker's part, as those of Dynamo 1.6 do", byDefault = "true")
        boolean workerType,

        @Setting(value = "How requests and responses are written", byDefault = "json")
        Codec codec) {
    public DynamoConfig {
        endpoints = List.copyOf(endpoints);
    }

    /** Where frontends look for workers. */
    public enum Discovery {
        FILE,
        ETCD
    }

    /** How requests and responses are written. */
    public enum Codec {
        JSON
    }

    /** The port on which frontends bring requests, and what they may ask of it. */
    public record Requests(
            @Setting(value = "Address to listen on", byDefault = "127.0.0.1")
            String host,

            @Setting(value = "Port to listen on; 0 takes any free one", byDefault = "0", min = 0, max = 65535)
            int port,

            @Setting("The address that frontends dial; default: the one listened on")
            Optional<String> advertise,

            @Setting(
                    value = "Most requests of a worker at once; frontends bring what is refused to another worker",
                    min = 1)
            OptionalInt maxRequests,

            @Setting(value = "Most bytes of a request", byDefault = "32MiB", min = 1024, max = 1 << 30)
            ByteSize maxFrame,

            @Setting(value = "Most bytes of all requests that are being received", byDefault = "256MiB", min = 1 << 20)
            ByteSize maxBuffered,

            @Setting(value = "Most connections that bring requests", byDefault = "1024", min = 1)
            int maxConnections,

            @Setting(
                    value = "How long a request may take from its first byte to its last",
                    byDefault = "30s",
                    min = 0.1)
            Duration frameTimeout,

            @Setting(value = "How long dialling a frontend may take", byDefault = "5s", min = 0.1)
            Duration dialTimeout,

            @Setting(value = "How long a frontend may leave a response unread", byDefault = "60s", min = 0.1)
            Duration stallTimeout,

            @Setting(
                    value = "How far an engine may be ahead of a frontend, in items",
                    byDefault = "1024",
                    min = 16,
                    max = 1 << 20)
            int queue) {}
}
