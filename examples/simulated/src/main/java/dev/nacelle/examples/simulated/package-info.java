/** An engine that schedules and caches as a real one does, and takes the time that a real one would, without a model. */
@NullMarked
package dev.nacelle.examples.simulated;

import org.jspecify.annotations.NullMarked;
