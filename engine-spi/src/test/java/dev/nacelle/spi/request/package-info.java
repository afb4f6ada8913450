@NullMarked
package dev.nacelle.spi.request;

import org.jspecify.annotations.NullMarked;
