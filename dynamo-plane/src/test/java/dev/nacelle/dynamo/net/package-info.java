@NullMarked
package dev.nacelle.dynamo.net;

import org.jspecify.annotations.NullMarked;
