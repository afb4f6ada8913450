/** The command line: a thin shell over the host. */
@NullMarked
package dev.nacelle.runtime.cli;

import org.jspecify.annotations.NullMarked;
