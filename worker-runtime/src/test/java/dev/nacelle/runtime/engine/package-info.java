/** Tests of finding engines. */
@NullMarked
package dev.nacelle.runtime.engine;

import org.jspecify.annotations.NullMarked;
