/**
 * The scrape page: the process's own families and those of foreign registries, parsed, merged, typed and written in
 * every format that a Prometheus asks for.
 *
 * <p>A foreign registry comes as text ({@link dev.nacelle.runtime.exposition.ForeignSources}), is refreshed off the
 * scrape path and never hurts the page: what fails, hangs or lies loses only itself, with a counted reason.
 */
@NullMarked
package dev.nacelle.runtime.exposition;

import org.jspecify.annotations.NullMarked;
