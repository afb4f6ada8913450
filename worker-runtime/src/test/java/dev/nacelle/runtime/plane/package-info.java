@NullMarked
package dev.nacelle.runtime.plane;

import org.jspecify.annotations.NullMarked;
