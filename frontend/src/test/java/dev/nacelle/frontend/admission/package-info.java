@NullMarked
package dev.nacelle.frontend.admission;

import org.jspecify.annotations.NullMarked;
