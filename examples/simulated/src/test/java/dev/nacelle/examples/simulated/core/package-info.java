@NullMarked
package dev.nacelle.examples.simulated.core;

import org.jspecify.annotations.NullMarked;
