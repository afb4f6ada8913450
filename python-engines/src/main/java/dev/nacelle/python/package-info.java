/** Engines written in Python: one class, run by GraalPy, by CPython inside the JVM, or by a CPython process. */
@NullMarked
package dev.nacelle.python;

import org.jspecify.annotations.NullMarked;
