/** The models that can be asked for: who serves them, and what turns their text into tokens. */
@NullMarked
package dev.nacelle.frontend.model;

import org.jspecify.annotations.NullMarked;
