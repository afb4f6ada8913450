@NullMarked
package dev.nacelle.dynamo.wire;

import org.jspecify.annotations.NullMarked;
