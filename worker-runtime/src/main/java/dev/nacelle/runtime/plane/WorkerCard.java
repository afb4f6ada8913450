package dev.nacelle.runtime.plane;

import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What an instance publishes of itself.
 *
 * @param instanceId 63 bits, unique in the cluster
 * @param namespace first level of the chain
 * @param config the model as it is served: what the engine returned, overridden by the worker's configuration
 * @param modelPath the folder with tokenizer and chat template; empty for the byte tokenizer
 * @param migrationLimit how often a request may move to another instance after a failure
 */
public record WorkerCard(
        long instanceId,
        String namespace,
        String component,
        String endpoint,
        EngineConfig config,
        Optional<Path> modelPath,
        Disaggregation disaggregation,
        int migrationLimit) {
    /** The instance id as it stands in labels and paths. */
    public String instanceHex() {
        return Long.toHexString(instanceId);
    }
}
