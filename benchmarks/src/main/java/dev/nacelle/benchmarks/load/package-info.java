/** A load generator, what it is pointed at, and one table of targets: {@code benchmarks/load}. */
@NullMarked
package dev.nacelle.benchmarks.load;

import org.jspecify.annotations.NullMarked;
