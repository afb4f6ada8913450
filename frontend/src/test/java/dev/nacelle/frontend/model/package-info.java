@NullMarked
package dev.nacelle.frontend.model;

import org.jspecify.annotations.NullMarked;
