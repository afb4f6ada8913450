package dev.nacelle.runtime.worker;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one engine does against its contract: counted always, logged when it happens for the first time, as an engine
 * that breaks a rule tends to break it on every request. Safe from any thread.
 */
final class ContractWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ContractWatch.class);

    private final String engine;
    private final Map<Breach, AtomicLong> counts = new EnumMap<>(Breach.class);
    private final AtomicInteger stuck = new AtomicInteger();

    ContractWatch(String engine) {
        this.engine = engine;
        for (var breach : Breach.values()) counts.put(breach, new AtomicLong());
    }

    void report(Breach breach, String requestId) {
        if (count(breach).getAndIncrement() == 0)
            LOG.warn(
                    "engine '{}' {} (request {}); further cases are counted in /health and not logged",
                    engine,
                    breach.what(),
                    requestId);
        else LOG.debug("engine '{}' {} (request {})", engine, breach.what(), requestId);
    }

    /** Reports a request that outlives its cancellation, and shows it until the returned guard is closed. */
    Stuck stuck(String requestId) {
        report(Breach.IGNORED_CANCELLATION, requestId);
        stuck.incrementAndGet();
        return stuck::decrementAndGet;
    }

    /** Why the engine cannot be called well at the moment. */
    Optional<String> complaint() {
        int now = stuck.get();
        return now == 0
                ? Optional.empty()
                : Optional.of("%d cancelled requests still run in the engine".formatted(now));
    }

    /** Breaches so far, by key; those that never happened are left out. */
    Map<String, Long> breaches() {
        var map = new LinkedHashMap<String, Long>();
        counts.forEach((breach, count) -> {
            if (count.get() > 0) map.put(breach.key(), count.get());
        });
        return map;
    }

    private AtomicLong count(Breach breach) {
        return Objects.requireNonNull(counts.get(breach));
    }

    /** A cancelled request that still runs; closed once. */
    @FunctionalInterface
    interface Stuck extends AutoCloseable {
        @Override
        void close();
    }
}
