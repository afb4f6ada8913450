/** What the router costs. */
@NullMarked
package dev.nacelle.benchmarks.routing;

import org.jspecify.annotations.NullMarked;
