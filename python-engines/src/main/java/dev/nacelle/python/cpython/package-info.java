/** The real CPython inside the JVM, through {@code java.lang.foreign} alone. */
@NullMarked
package dev.nacelle.python.cpython;

import org.jspecify.annotations.NullMarked;
