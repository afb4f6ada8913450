@NullMarked
package dev.nacelle.frontend.pipeline;

import org.jspecify.annotations.NullMarked;
