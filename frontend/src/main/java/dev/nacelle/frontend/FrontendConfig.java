package dev.nacelle.frontend;

import dev.nacelle.frontend.admission.AdmissionConfig;
import dev.nacelle.frontend.admission.ApiKeysConfig;
import dev.nacelle.frontend.admission.Timeouts;
import dev.nacelle.frontend.metrics.HttpBuckets;
import dev.nacelle.frontend.router.RouterConfig;
import dev.nacelle.frontend.stream.FlushWindow;
import dev.nacelle.runtime.config.ByteSize;
import dev.nacelle.spi.config.Setting;
import java.time.Duration;

/** The {@code frontend} section: the port of the API's callers. */
public record FrontendConfig(
        @Setting(value = "Address to listen on", byDefault = "127.0.0.1")
        String host,

        @Setting(value = "Port to listen on; 0 takes any free one", byDefault = "8000", min = 0, max = 65535)
        int port,

        @Setting(value = "What the names of the frontend's metrics begin with", byDefault = "dynamo_frontend")
        String metricsPrefix,

        @Setting(
                value = "What the names of the older metrics scheme begin with; empty turns it off",
                byDefault = "nv_llm")
        String legacyMetricsPrefix,

        @Setting(value = "Buckets of the histograms", byDefault = "{}")
        HttpBuckets metricsBuckets,

        @Setting(
                value = "How long a stream is silent before a comment shows that the request is being worked on",
                byDefault = "1s",
                min = 0.1,
                max = 3600)
        Duration waitingCommentInterval,

        @Setting(
                value =
                        "Which events of a stream share a write: auto, those that were ready when its turn came; off, none; or"
                                + " those of so many milliseconds",
                byDefault = "auto")
        String flushWindow,

        @Setting(value = "Threads that write streams", byDefault = "1", min = 1, max = 64)
        int writerThreads,

        @Setting(
                value = "Memory for tokenized beginnings of prompts, which are not tokenized again; 0 turns it off",
                byDefault = "64MiB",
                min = 0)
        ByteSize tokenizerCache,

        @Setting(
                value = "Where the pages of load balancers and Prometheus are; empty turns a page off",
                byDefault = "{}")
        FrontendPages pages,

        @Setting(value = "Which worker gets a request", byDefault = "{}")
        RouterConfig router,

        @Setting(value = "Certificate and key for HTTPS; without them the port speaks plain HTTP", byDefault = "{}")
        TlsConfig tls,

        @Setting(value = "Who may ask; everybody when it names no keys", byDefault = "{}")
        ApiKeysConfig apiKeys,

        @Setting(value = "How much is worked on at a time", byDefault = "{}")
        AdmissionConfig admission,

        @Setting(value = "How long engines may take", byDefault = "{}")
        Timeouts timeouts,

        @Setting(value = "What one caller may take", byDefault = "{}")
        FrontendLimits limits) {
    public FrontendConfig {
        FlushWindow.of(flushWindow);
    }
}
