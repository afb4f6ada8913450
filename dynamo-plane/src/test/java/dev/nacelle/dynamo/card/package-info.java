@NullMarked
package dev.nacelle.dynamo.card;

import org.jspecify.annotations.NullMarked;
