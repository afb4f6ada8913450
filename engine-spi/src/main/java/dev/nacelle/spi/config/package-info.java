/** How an engine's options are described to the host. */
@NullMarked
package dev.nacelle.spi.config;

import org.jspecify.annotations.NullMarked;
