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
 * @param dataParallelSize ranks that this worker serves, at least 1
 * @param dataParallelStartRank the first of them, 0 or more
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
        Disaggregation disaggregation) {
    public WorkerSpec {
        if (dataParallelSize < 1)
            throw new IllegalArgumentException(
                    "data_parallel size %d, expected at least 1".formatted(dataParallelSize));
        if (dataParallelStartRank < 0)
            throw new IllegalArgumentException(
                    "data_parallel start_rank %d, expected 0 or more".formatted(dataParallelStartRank));
    }
}
