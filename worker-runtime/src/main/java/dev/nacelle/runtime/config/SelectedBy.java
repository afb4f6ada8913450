package dev.nacelle.runtime.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a component of type {@link RawSection}: the sibling key whose value decides which record the section is bound to,
 * as {@code engine} decides what {@code options} may hold.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface SelectedBy {
    /** The sibling's key, in snake case; its component is a String. */
    String value();
}
