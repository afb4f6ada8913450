/** How long the scrape page takes, beside the client library's. */
@NullMarked
package dev.nacelle.benchmarks.exposition;

import org.jspecify.annotations.NullMarked;
