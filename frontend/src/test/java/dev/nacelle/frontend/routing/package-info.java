@NullMarked
package dev.nacelle.frontend.routing;

import org.jspecify.annotations.NullMarked;
