package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.metrics.Chain;
import dev.nacelle.spi.WorkerSpec;
import java.security.SecureRandom;

/**
 * Where a worker stands, and which one it is.
 *
 * @param id 63 bits, unique in the cluster by chance
 */
record WorkerPlace(WorkerSpec spec, long id) {
    static WorkerPlace of(WorkerConfig config, String namespace) {
        var model = config.model();
        return new WorkerPlace(
                new WorkerSpec(
                        namespace,
                        config.component(),
                        config.endpoint(),
                        model.path().map(ServedModel::absolute),
                        model.name(),
                        config.dataParallel().size().orElse(1),
                        config.dataParallel().startRank().orElse(0),
                        config.disaggregation()),
                new SecureRandom().nextLong() & Long.MAX_VALUE);
    }

    /** {@code namespace/component/endpoint}. */
    String path() {
        return "%s/%s/%s".formatted(spec.namespace(), spec.component(), spec.endpoint());
    }

    String idHex() {
        return Long.toHexString(id);
    }

    Chain chain() {
        return new Chain(spec.namespace(), spec.component(), spec.endpoint(), id);
    }

    /** The path and the id: what logs and health show. */
    @Override
    public String toString() {
        return path() + "/" + idHex();
    }
}
