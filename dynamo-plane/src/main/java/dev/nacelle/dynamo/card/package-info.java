/** What a worker publishes of its model, and whether that fits what others have published. */
@NullMarked
package dev.nacelle.dynamo.card;

import org.jspecify.annotations.NullMarked;
