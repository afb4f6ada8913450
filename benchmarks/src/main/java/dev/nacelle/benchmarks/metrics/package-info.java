/** What an update of a metric costs, beside the client library's own. */
@NullMarked
package dev.nacelle.benchmarks.metrics;

import org.jspecify.annotations.NullMarked;
