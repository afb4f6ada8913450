/**
 * OpenAI's JSON: request bodies in, responses and errors out. Bytes to records and back; no server, no engine.
 */
@NullMarked
package dev.nacelle.frontend.api;

import org.jspecify.annotations.NullMarked;
