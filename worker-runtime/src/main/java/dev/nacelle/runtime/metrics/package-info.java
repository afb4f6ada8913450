/**
 * The metrics of a process: families and their series, the chain runtime → namespace → component → endpoint with its
 * labels, bound instruments, and guards for whatever goes up and comes down.
 *
 * <p>A {@link dev.nacelle.runtime.metrics.RuntimeMetrics} stands for one host; it opens a
 * {@link dev.nacelle.runtime.metrics.WorkerScope} for each worker, whose series end when it is closed.
 */
@NullMarked
package dev.nacelle.runtime.metrics;

import org.jspecify.annotations.NullMarked;
