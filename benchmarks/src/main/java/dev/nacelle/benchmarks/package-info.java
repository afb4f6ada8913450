/** Runs the benchmarks and prints what they found. */
@NullMarked
package dev.nacelle.benchmarks;

import org.jspecify.annotations.NullMarked;
