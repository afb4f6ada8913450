/** What goes into an engine and what comes out of it. */
@NullMarked
package dev.nacelle.spi.request;

import org.jspecify.annotations.NullMarked;
