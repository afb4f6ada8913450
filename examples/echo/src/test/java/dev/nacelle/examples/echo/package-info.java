@NullMarked
package dev.nacelle.examples.echo;

import org.jspecify.annotations.NullMarked;
