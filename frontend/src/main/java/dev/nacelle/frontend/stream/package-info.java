/** The way of a response to its client: the thread that writes, and the watch for clients that left. */
@NullMarked
package dev.nacelle.frontend.stream;

import org.jspecify.annotations.NullMarked;
