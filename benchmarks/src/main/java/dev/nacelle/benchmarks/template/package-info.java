/** What rendering a chat template costs. */
@NullMarked
package dev.nacelle.benchmarks.template;

import org.jspecify.annotations.NullMarked;
