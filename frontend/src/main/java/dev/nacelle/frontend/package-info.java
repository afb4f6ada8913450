/** The OpenAI-compatible HTTP frontend: a role of the host. */
@NullMarked
package dev.nacelle.frontend;

import org.jspecify.annotations.NullMarked;
