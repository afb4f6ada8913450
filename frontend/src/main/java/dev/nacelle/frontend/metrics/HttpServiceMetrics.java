package dev.nacelle.frontend.metrics;

import dev.nacelle.runtime.metrics.BoundGauge;
import dev.nacelle.runtime.metrics.BoundHistogram;
import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.metrics.PrometheusNames;
import dev.nacelle.runtime.metrics.SeriesScope;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics of a process's HTTP service. Requests for models that are not served are all counted under {@code unknown}, so
 * that callers cannot make series.
 */
public final class HttpServiceMetrics implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServiceMetrics.class);
    private static final String UNKNOWN = "unknown";

    private final Families families;
    private final HttpFamilies specs;
    private final Optional<LegacyFamilies> legacy;
    private final Set<HttpEndpoint> offered;
    private final SeriesScope series;
    private final BoundGauge disconnectedClients;
    private final Map<TokenizerOperation, BoundHistogram> tokenizerLatency = new EnumMap<>(TokenizerOperation.class);
    private final ConcurrentHashMap<String, ModelMetrics> served = new ConcurrentHashMap<>();
    /** One for each name ever served, guarded by this. */
    private final Map<String, ModelHistory> histories = new HashMap<>();

    private volatile @Nullable ModelMetrics unknown;

    /**
     * @param offered the endpoints that there are; only these get series
     */
    public HttpServiceMetrics(Families families, HttpMetricsConfig config, Set<HttpEndpoint> offered) {
        this.families = families;
        this.offered = Set.copyOf(offered);
        specs = declared(config);
        legacy = declaredLegacy(config);
        series = families.scope();
        disconnectedClients = series.gauge(specs.disconnected(), Labels.EMPTY);
        for (var operation : TokenizerOperation.values())
            tokenizerLatency.put(
                    operation, series.histogram(specs.tokenizerLatency(), Labels.of("operation", operation.label())));
    }

    /** Counts a request in, as of now. */
    public HttpRequestGuard begin(String model, HttpEndpoint endpoint, RequestType type) {
        return begin(model, endpoint, type, System.nanoTime());
    }

    /**
     * Counts a request in.
     *
     * @param model what the request asks for, served or not
     * @param startNanos when it came in, on {@link System#nanoTime}'s clock
     */
    public HttpRequestGuard begin(String model, HttpEndpoint endpoint, RequestType type, long startNanos) {
        var metrics = served.get(model);
        if (metrics == null) metrics = unknown();
        return new HttpRequestGuard(this, metrics, metrics.history.route(endpoint, type), startNanos);
    }

    /** The metrics of a model that is served from now on, until they are closed; the same ones when it is served already. */
    public synchronized ModelMetrics serve(String model) {
        var known = served.get(model);
        if (known != null) return known;
        var metrics = modelMetrics(model, gone -> served.remove(model, gone));
        served.put(model, metrics);
        return metrics;
    }

    /** What a tokenizer took, in milliseconds. */
    public void tokenizerLatency(TokenizerOperation operation, double millis) {
        Objects.requireNonNull(tokenizerLatency.get(operation)).observe(millis);
    }

    /** Takes every series off the page; idempotent. */
    @Override
    public synchronized void close() {
        served.values().forEach(ModelMetrics::close);
        var ofUnknown = unknown;
        if (ofUnknown != null) ofUnknown.close();
        series.close();
    }

    void clientDisconnected() {
        disconnectedClients.add(1);
    }

    private ModelMetrics unknown() {
        var known = unknown;
        return known != null ? known : makeUnknown();
    }

    private synchronized ModelMetrics makeUnknown() {
        var known = unknown;
        if (known == null) {
            known = modelMetrics(UNKNOWN, _ -> {});
            unknown = known;
        }
        return known;
    }

    private ModelMetrics modelMetrics(String model, Consumer<ModelMetrics> onClose) {
        var history = histories.computeIfAbsent(model, name -> new ModelHistory(series, specs, legacy, name, offered));
        return new ModelMetrics(families.scope(), specs, legacy, model, history, onClose);
    }

    private HttpFamilies declared(HttpMetricsConfig config) {
        var buckets = config.buckets().usable();
        var fallback = HttpMetricsConfig.DEFAULT.prefix();
        try {
            var wanted = HttpFamilies.under(PrometheusNames.metric(config.prefix()), buckets);
            families.declare(wanted.all());
            return wanted;
        } catch (IllegalArgumentException e) {
            warn("frontend.metrics_prefix", config.prefix(), fallback, e);
            var standard = HttpFamilies.under(fallback, buckets);
            families.declare(standard.all());
            return standard;
        }
    }

    private Optional<LegacyFamilies> declaredLegacy(HttpMetricsConfig config) {
        if (config.legacyPrefix().isEmpty()) return Optional.empty();
        var fallback = HttpMetricsConfig.DEFAULT.legacyPrefix();
        try {
            var wanted = LegacyFamilies.under(PrometheusNames.metric(config.legacyPrefix()));
            families.declare(wanted.all());
            return Optional.of(wanted);
        } catch (IllegalArgumentException e) {
            warn("frontend.legacy_metrics_prefix", config.legacyPrefix(), fallback, e);
            var standard = LegacyFamilies.under(fallback);
            families.declare(standard.all());
            return Optional.of(standard);
        }
    }

    private static void warn(String setting, String given, String fallback, Exception e) {
        LOG.warn(
                "{}: \"{}\" cannot be used, the default \"{}\" is used instead: {}",
                setting,
                given,
                fallback,
                e.getMessage());
    }
}
