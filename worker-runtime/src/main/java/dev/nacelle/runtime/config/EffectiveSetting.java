package dev.nacelle.runtime.config;

/**
 * One setting as it holds now.
 *
 * @param path such as {@code workers[0].options.rate}
 * @param value as YAML text; {@code "***"} for a secret
 */
public record EffectiveSetting(String path, String value, Origin origin) {}
