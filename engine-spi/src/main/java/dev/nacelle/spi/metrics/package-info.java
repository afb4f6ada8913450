/** The slim metrics handle: instruments, bridged registries, per-rank snapshots. */
@NullMarked
package dev.nacelle.spi.metrics;

import org.jspecify.annotations.NullMarked;
