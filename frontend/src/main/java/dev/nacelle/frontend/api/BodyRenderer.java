package dev.nacelle.frontend.api;

import dev.nacelle.spi.request.Usage;
import java.util.List;

/** Writes the body of a response that comes in one piece. */
@FunctionalInterface
public interface BodyRenderer {
    /**
     * Writes it.
     *
     * @throws ApiException when the choices are no answer to what was asked
     */
    void render(JsonBuffer out, List<ResponseBodies.Choice> choices, Usage usage) throws ApiException;
}
