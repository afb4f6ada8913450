/**
 * GraalPy itself: the only code that is compiled against the polyglot API. Loaded by {@code GuestLoader}, or by the
 * application that has GraalPy on its class path; nothing outside names a class of it.
 */
@NullMarked
package dev.nacelle.python.graalpy.guest;

import org.jspecify.annotations.NullMarked;
