@NullMarked
package dev.nacelle.dynamo.discovery;

import org.jspecify.annotations.NullMarked;
