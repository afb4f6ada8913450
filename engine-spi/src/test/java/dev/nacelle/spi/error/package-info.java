@NullMarked
package dev.nacelle.spi.error;

import org.jspecify.annotations.NullMarked;
