/** What it costs to have an engine in Python: {@code benchmarks/python} runs it. */
@NullMarked
package dev.nacelle.benchmarks.python;

import org.jspecify.annotations.NullMarked;
