@NullMarked
package dev.nacelle.runtime.config;

import org.jspecify.annotations.NullMarked;
