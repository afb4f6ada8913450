/** Workers of ours and of Dynamo's own behind Dynamo's frontend. */
@NullMarked
package dev.nacelle.benchmarks.dynamo;

import org.jspecify.annotations.NullMarked;
