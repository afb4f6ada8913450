/** The closed set of errors that cross the engine boundary. */
@NullMarked
package dev.nacelle.spi.error;

import org.jspecify.annotations.NullMarked;
