/**
 * One YAML file, the environment and {@code --set} expressions, bound to records; every value knows where it came from.
 *
 * <p>{@link dev.nacelle.runtime.config.ConfigSource} says what to read, {@link
 * dev.nacelle.runtime.config.ConfigLoader} binds it, {@link dev.nacelle.runtime.config.Configuration} holds the result.
 * The same records give the {@link dev.nacelle.runtime.config.JsonSchema} and the {@link
 * dev.nacelle.runtime.config.SettingsTable}.
 */
@NullMarked
package dev.nacelle.runtime.config;

import org.jspecify.annotations.NullMarked;
