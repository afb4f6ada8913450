@NullMarked
package dev.nacelle.python.graalpy;

import org.jspecify.annotations.NullMarked;
