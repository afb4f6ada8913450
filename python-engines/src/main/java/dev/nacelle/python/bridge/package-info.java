/**
 * What all three ways of running Python share: frames, the Java half of the conversation, and the {@link
 * dev.nacelle.python.bridge.Transport} that carries it. The other half is the Python package {@code nacelle._bridge}.
 */
@NullMarked
package dev.nacelle.python.bridge;

import org.jspecify.annotations.NullMarked;
