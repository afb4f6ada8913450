@NullMarked
package dev.nacelle.runtime.worker;

import org.jspecify.annotations.NullMarked;
