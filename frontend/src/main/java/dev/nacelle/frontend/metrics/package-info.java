/**
 * The metrics of the HTTP service: one {@link dev.nacelle.frontend.metrics.HttpRequestGuard} for each request, made by the
 * {@link dev.nacelle.frontend.metrics.HttpServiceMetrics} of the process.
 */
@NullMarked
package dev.nacelle.frontend.metrics;

import org.jspecify.annotations.NullMarked;
