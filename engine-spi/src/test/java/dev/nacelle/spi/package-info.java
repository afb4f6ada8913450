@NullMarked
package dev.nacelle.spi;

import org.jspecify.annotations.NullMarked;
