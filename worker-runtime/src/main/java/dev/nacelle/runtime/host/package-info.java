/** The composition root: builds a process out of its configuration, starts it and stops it. */
@NullMarked
package dev.nacelle.runtime.host;

import org.jspecify.annotations.NullMarked;
