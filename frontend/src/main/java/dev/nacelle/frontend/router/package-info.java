/**
 * Sends requests to workers: keeps the pools of {@code dev.nacelle.routing} up to date with plane and feed, places
 * requests, has them wait while everybody is busy, splits prefill from decode, and shows what it does.
 */
@NullMarked
package dev.nacelle.frontend.router;

import org.jspecify.annotations.NullMarked;
