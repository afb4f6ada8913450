/** The plane {@code dynamo}: the workers of this process are workers of a Dynamo deployment. */
@NullMarked
package dev.nacelle.dynamo;

import org.jspecify.annotations.NullMarked;
