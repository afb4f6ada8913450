/**
 * What a model says, taken apart as it comes: text, reasoning, calls of tools. Characters in, parts out; no JSON of the API,
 * no engine.
 */
@NullMarked
package dev.nacelle.frontend.parser;

import org.jspecify.annotations.NullMarked;
