@NullMarked
package dev.nacelle.frontend.parser;

import org.jspecify.annotations.NullMarked;
