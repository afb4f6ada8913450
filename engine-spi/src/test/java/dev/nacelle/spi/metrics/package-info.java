@NullMarked
package dev.nacelle.spi.metrics;

import org.jspecify.annotations.NullMarked;
