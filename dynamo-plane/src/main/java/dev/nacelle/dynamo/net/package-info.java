/** The sockets of the request plane: a thread that reads requests, a thread that writes responses. */
@NullMarked
package dev.nacelle.dynamo.net;

import org.jspecify.annotations.NullMarked;
