/** The contract between an LLM engine and the host that runs it. */
module dev.nacelle.spi {
    requires static transitive org.jspecify;

    exports dev.nacelle.spi;
    exports dev.nacelle.spi.config;
    exports dev.nacelle.spi.conformance;
    exports dev.nacelle.spi.error;
    exports dev.nacelle.spi.kv;
    exports dev.nacelle.spi.metrics;
    exports dev.nacelle.spi.request;

    uses dev.nacelle.spi.EngineProvider;
}
