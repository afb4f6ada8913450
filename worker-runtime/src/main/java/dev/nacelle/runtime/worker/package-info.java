/** The life of an engine: from its class loader to its cleanup, and every request in between. */
@NullMarked
package dev.nacelle.runtime.worker;

import org.jspecify.annotations.NullMarked;
