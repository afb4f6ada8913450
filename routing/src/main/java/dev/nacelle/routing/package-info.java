/**
 * Which worker and rank gets a request: hashes of blocks, an index of who holds which, how busy everybody is, and the
 * choice. Pure: no I/O, no clock, no thread, no metrics; tokens come as {@code int[]}, workers and ranks as numbers.
 */
@NullMarked
package dev.nacelle.routing;

import org.jspecify.annotations.NullMarked;
