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
        return new WorkerPlace(config.spec(namespace), new SecureRandom().nextLong() & Long.MAX_VALUE);
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
