@NullMarked
package dev.nacelle.dynamo;

import org.jspecify.annotations.NullMarked;
