package dev.nacelle.spi.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a component of a configuration record means and which values it takes. The host binds YAML, environment and
 * command line to such records, and makes help, error messages and the JSON Schema from what stands here.
 *
 * <p>The YAML key is the component's name in snake case ({@code maxTokens} becomes {@code max_tokens}). A component
 * whose type is {@code @Nullable} or {@code Optional} is null or empty when nobody set it; any other component without
 * a {@link #byDefault} is required, but a nested record, which takes its own components' defaults. A rule that spans
 * several components belongs into the record's compact constructor, as an {@link IllegalArgumentException} whose message
 * says what was expected; where the message begins with a key, the host points at that key.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Setting {
    /** What the setting does, in one sentence without its name. */
    String value();

    /** The default, as it would stand in the YAML file; {@link #REQUIRED} when there is none. */
    String byDefault() default REQUIRED;

    /** The least number allowed, for numeric components, durations (in seconds) and sizes (in bytes). */
    double min() default Double.NEGATIVE_INFINITY;

    /** The greatest number allowed, likewise. */
    double max() default Double.POSITIVE_INFINITY;

    /** The YAML key, where the component cannot be called so: {@code class} is a word of Java. */
    String key() default "";

    /** True for a value that must never be printed. */
    boolean secret() default false;

    /** Marks the absence of a default. */
    String REQUIRED = "\0required";
}
