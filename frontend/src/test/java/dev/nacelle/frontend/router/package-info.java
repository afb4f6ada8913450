@NullMarked
package dev.nacelle.frontend.router;

import org.jspecify.annotations.NullMarked;
