/** What an engine author implements: one engine class and the provider that makes it. */
@NullMarked
package dev.nacelle.spi;

import org.jspecify.annotations.NullMarked;
