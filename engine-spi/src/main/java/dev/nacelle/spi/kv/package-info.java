/** KV-cache events, for routers that follow an engine's prefix cache. */
@NullMarked
package dev.nacelle.spi.kv;

import org.jspecify.annotations.NullMarked;
