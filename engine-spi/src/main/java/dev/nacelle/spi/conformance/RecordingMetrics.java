package dev.nacelle.spi.conformance;

import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.WorkerSpec;
import dev.nacelle.spi.metrics.Counter;
import dev.nacelle.spi.metrics.EngineMetrics;
import dev.nacelle.spi.metrics.ExpfmtCallback;
import dev.nacelle.spi.metrics.ExpfmtOptions;
import dev.nacelle.spi.metrics.Gauge;
import dev.nacelle.spi.metrics.Histogram;
import dev.nacelle.spi.metrics.Label;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/** Refuses what the host would refuse, and makes instruments that go nowhere. */
final class RecordingMetrics implements EngineMetrics {
    /** A foreign registry. */
    record Added(ExpfmtCallback callback, ExpfmtOptions options) {}

    private final Map<String, String> autoLabels;
    private final Findings findings;
    private final Map<String, String> types = new HashMap<>();
    private final List<Added> callbacks = new CopyOnWriteArrayList<>();
    private int instruments;
    private volatile boolean closed;

    RecordingMetrics(WorkerSpec worker, EngineConfig config, Findings findings) {
        this.findings = findings;
        var labels = new LinkedHashMap<String, String>();
        labels.put("dynamo_namespace", worker.namespace());
        labels.put("dynamo_component", worker.component());
        labels.put("dynamo_endpoint", worker.endpoint());
        labels.put("worker_id", Long.toHexString(Session.WORKER_ID));
        labels.put("model", config.model());
        labels.put("model_name", config.modelName());
        this.autoLabels = Collections.unmodifiableMap(labels);
    }

    /** {@code setupMetrics} is over. */
    void close() {
        closed = true;
    }

    synchronized int instruments() {
        return instruments;
    }

    List<Added> callbacks() {
        return callbacks;
    }

    @Override
    public Map<String, String> autoLabels() {
        open("autoLabels");
        return autoLabels;
    }

    @Override
    public Gauge gauge(String name, String help, Label... labels) {
        check("gauge", name, labels);
        return new Gauge() {
            @Override
            public void set(double value) {}

            @Override
            public void add(double amount) {}
        };
    }

    @Override
    public Counter counter(String name, String help, Label... labels) {
        check("counter", name, labels);
        return new Counter() {
            @Override
            public void increment() {}

            @Override
            public void add(long amount) {
                if (amount < 0)
                    throw new IllegalArgumentException(
                            "counter %s: %d added, expected 0 or more".formatted(name, amount));
            }
        };
    }

    @Override
    public Histogram histogram(String name, String help, double[] upperBounds, Label... labels) {
        check("histogram", name, labels);
        for (int i = 1; i < upperBounds.length; i++)
            if (!(upperBounds[i] > upperBounds[i - 1]))
                throw new IllegalArgumentException("histogram %s: bounds %s, expected strictly increasing ones"
                        .formatted(name, Arrays.toString(upperBounds)));
        return _ -> {};
    }

    @Override
    public void addExpfmtCallback(ExpfmtCallback callback, ExpfmtOptions options) {
        open("addExpfmtCallback");
        callbacks.add(new Added(Objects.requireNonNull(callback), Objects.requireNonNull(options)));
    }

    private synchronized void check(String type, String name, Label... labels) {
        open(type + " " + name);
        if (name.replace("_", "").isEmpty())
            throw new IllegalArgumentException("a %s named \"%s\"".formatted(type, name));
        var keys = Arrays.stream(labels).map(Label::key).toList();
        for (var key : keys) {
            if (key.isEmpty()) throw new IllegalArgumentException("%s %s: a label without a key".formatted(type, name));
            if (autoLabels.containsKey(key))
                throw new IllegalArgumentException("%s %s: label %s is the host's own".formatted(type, name, key));
            if (Collections.frequency(keys, key) > 1)
                throw new IllegalArgumentException("%s %s: label %s comes twice".formatted(type, name, key));
        }
        var other = types.putIfAbsent(name, type);
        if (other != null && !other.equals(type))
            throw new IllegalArgumentException("%s is a %s, and was a %s before".formatted(name, type, other));
        instruments++;
    }

    /** Reported rather than thrown, so that this mistake shows as itself alone. */
    private void open(String what) {
        if (closed) findings.failed(Rule.METRICS_HANDLE_NOT_KEPT, what + " asked for after setupMetrics had returned");
    }
}
