/** CPython in a child process, over a Unix socket. */
@NullMarked
package dev.nacelle.python.process;

import org.jspecify.annotations.NullMarked;
