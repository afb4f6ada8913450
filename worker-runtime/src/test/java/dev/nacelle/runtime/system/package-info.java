@NullMarked
package dev.nacelle.runtime.system;

import org.jspecify.annotations.NullMarked;
