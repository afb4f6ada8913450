@NullMarked
package dev.nacelle.spi.conformance;

import org.jspecify.annotations.NullMarked;
