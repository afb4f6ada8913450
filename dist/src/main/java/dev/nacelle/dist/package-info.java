/** What only the distribution has: a log backend. */
@NullMarked
package dev.nacelle.dist;

import org.jspecify.annotations.NullMarked;
