/** The way of a request: body, preprocessing, route, dispatch, response. */
@NullMarked
package dev.nacelle.frontend.pipeline;

import org.jspecify.annotations.NullMarked;
