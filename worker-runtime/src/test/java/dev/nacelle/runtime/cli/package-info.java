@NullMarked
package dev.nacelle.runtime.cli;

import org.jspecify.annotations.NullMarked;
