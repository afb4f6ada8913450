/** The smallest engine worth copying: a batch scheduler around nothing. */
@NullMarked
package dev.nacelle.examples.echo;

import org.jspecify.annotations.NullMarked;
