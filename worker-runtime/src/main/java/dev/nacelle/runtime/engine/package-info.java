/** Finding engines: providers of the distribution, and of jars outside it, each behind a class loader of its own. */
@NullMarked
package dev.nacelle.runtime.engine;

import org.jspecify.annotations.NullMarked;
