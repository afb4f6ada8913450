@NullMarked
package dev.nacelle.python;

import org.jspecify.annotations.NullMarked;
