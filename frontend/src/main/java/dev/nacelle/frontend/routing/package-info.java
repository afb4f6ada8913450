/** Which instance gets a request. Pure: nothing here does I/O. */
@NullMarked
package dev.nacelle.frontend.routing;

import org.jspecify.annotations.NullMarked;
