@NullMarked
package dev.nacelle.runtime.kv;

import org.jspecify.annotations.NullMarked;
