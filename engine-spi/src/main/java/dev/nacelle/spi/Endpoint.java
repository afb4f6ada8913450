package dev.nacelle.spi;

/**
 * The endpoint that is about to serve.
 *
 * @param path {@code namespace/component/endpoint}
 * @param workerId the instance
 */
public record Endpoint(String path, long workerId) {}
