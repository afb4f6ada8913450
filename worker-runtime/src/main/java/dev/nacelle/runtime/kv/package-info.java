/**
 * What the ranks of the workers hold in their prefix caches, and how busy they are: numbered, mirrored, and handed on to
 * whoever routes requests.
 */
@NullMarked
package dev.nacelle.runtime.kv;

import org.jspecify.annotations.NullMarked;
