@NullMarked
package dev.nacelle.frontend.stream;

import org.jspecify.annotations.NullMarked;
