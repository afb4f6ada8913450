package dev.nacelle.frontend.router;

import dev.nacelle.runtime.metrics.SeriesScope;
import dev.nacelle.runtime.plane.Instance;
import dev.nacelle.spi.Disaggregation;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The pools of one model: those that decode, and those that prefill for them if there are any. */
final class ModelPools implements AutoCloseable {
    private final String model;
    private final RouterConfig config;
    private final RouterMetrics metrics;
    private final Runnable wake;
    private final SeriesScope series;
    private final Drift drift;
    private final Decisions decisions = new Decisions();
    private volatile @Nullable LivePool decode;
    private volatile @Nullable LivePool prefill;

    ModelPools(String model, RouterConfig config, RouterMetrics metrics, Runnable wake) {
        this.model = model;
        this.config = config;
        this.metrics = metrics;
        this.wake = wake;
        series = metrics.families().scope();
        drift = new Drift(series.gauge(RouterFamilies.DRIFT, Labels.of("model", model)));
    }

    String model() {
        return model;
    }

    RouterConfig config() {
        return config;
    }

    Drift drift() {
        return drift;
    }

    Decisions decisions() {
        return decisions;
    }

    /** Where responses are made. */
    Optional<LivePool> decode() {
        return Optional.ofNullable(decode);
    }

    /** The same, if somebody there is ready. */
    Optional<LivePool> readyDecode() {
        return decode().filter(LivePool::isReady);
    }

    /** Where prompts are computed for others, if somebody there is ready. */
    Optional<LivePool> readyPrefill() {
        return Optional.ofNullable(prefill).filter(LivePool::isReady);
    }

    List<LivePool> pools() {
        return Stream.of(Optional.ofNullable(decode), Optional.ofNullable(prefill))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Takes an instance in; by one thread at a time. */
    Member join(Instance instance) {
        var type = instance.card().disaggregation() == Disaggregation.PREFILL ? WorkerType.PREFILL : WorkerType.DECODE;
        var pool = type == WorkerType.PREFILL ? prefill : decode;
        if (pool == null) {
            pool = new LivePool(config, metrics, instance, type, wake);
            if (type == WorkerType.PREFILL) prefill = pool;
            else decode = pool;
        }
        return pool.join(instance);
    }

    /** Takes an instance out; by one thread at a time. @return whether nobody is left */
    boolean leave(Member member) {
        var pool = member.pool();
        pool.leave(member);
        if (pool.isEmpty()) {
            if (pool == prefill) prefill = null;
            else decode = null;
            pool.close();
        }
        return decode == null && prefill == null;
    }

    @Override
    public void close() {
        pools().forEach(LivePool::close);
        series.close();
    }
}
