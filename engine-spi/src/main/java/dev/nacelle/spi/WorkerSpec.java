package dev.nacelle.spi;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A worker's place and its model, as configured.
 *
 * @param namespace first level of the chain, e.g. {@code dynamo}
 * @param component e.g. {@code backend}
 * @param endpoint e.g. {@code generate}
 * @param modelPath the folder of the model, absolute
 * @param modelName what the configuration calls the model
 * @param dataParallelSize ranks of the whole deployment, at least 1
 * @param dataParallelStartRank this worker's first rank
 * @param disaggregation the worker's part in a disaggregated deployment
 */
public record WorkerSpec(
        String namespace,
        String component,
        String endpoint,
        Optional<Path> modelPath,
        Optional<String> modelName,
        int dataParallelSize,
        int dataParallelStartRank,
        Disaggregation disaggregation) {}
