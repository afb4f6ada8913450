/** Routers and simulated workers in virtual time. */
@NullMarked
package dev.nacelle.benchmarks.simulation;

import org.jspecify.annotations.NullMarked;
