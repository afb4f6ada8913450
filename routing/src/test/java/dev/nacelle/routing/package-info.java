@NullMarked
package dev.nacelle.routing;

import org.jspecify.annotations.NullMarked;
