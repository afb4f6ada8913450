/** How workers are found and reached: the interface, what its implementations share, and the local one. */
@NullMarked
package dev.nacelle.runtime.plane;

import org.jspecify.annotations.NullMarked;
