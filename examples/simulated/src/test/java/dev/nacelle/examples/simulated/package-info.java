@NullMarked
package dev.nacelle.examples.simulated;

import org.jspecify.annotations.NullMarked;
