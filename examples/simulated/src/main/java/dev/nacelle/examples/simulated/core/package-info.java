/**
 * A scheduler and KV-cache simulator without threads and without a wall clock: {@link
 * dev.nacelle.examples.simulated.core.Timeline} says what time it is. For engines that are paced by somebody, and for
 * simulations of many workers in virtual time. Everything here belongs to one thread at a time.
 */
@NullMarked
package dev.nacelle.examples.simulated.core;

import org.jspecify.annotations.NullMarked;
