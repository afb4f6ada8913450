@NullMarked
package dev.nacelle.dist;

import org.jspecify.annotations.NullMarked;
