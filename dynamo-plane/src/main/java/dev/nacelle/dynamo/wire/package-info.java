/** The bytes of the request plane: frames in, chunks out. No I/O. */
@NullMarked
package dev.nacelle.dynamo.wire;

import org.jspecify.annotations.NullMarked;
