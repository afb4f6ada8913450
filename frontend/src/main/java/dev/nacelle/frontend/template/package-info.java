/** The chat template that comes with a model, and a command that shows what it makes of a conversation. */
@NullMarked
package dev.nacelle.frontend.template;

import org.jspecify.annotations.NullMarked;
