/** The system server: metrics, health and controls on a port of its own. */
@NullMarked
package dev.nacelle.runtime.system;

import org.jspecify.annotations.NullMarked;
