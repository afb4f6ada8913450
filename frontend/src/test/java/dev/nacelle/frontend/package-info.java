@NullMarked
package dev.nacelle.frontend;

import org.jspecify.annotations.NullMarked;
