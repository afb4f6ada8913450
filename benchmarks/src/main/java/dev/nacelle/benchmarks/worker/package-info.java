/** What the worker adds to an engine's own time: the gate, a request, a token. */
@NullMarked
package dev.nacelle.benchmarks.worker;

import org.jspecify.annotations.NullMarked;
