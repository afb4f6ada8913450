package dev.nacelle.frontend.api;

/**
 * What every part of one response repeats.
 *
 * @param id the response's id: {@code chatcmpl-…} or {@code cmpl-…}
 * @param created seconds since 1970
 * @param model the name under which the caller asked
 */
public record ResponseHead(String id, long created, String model) {
    /** Opens the response's object, up to and with the comma behind the model. */
    void write(JsonBuffer out, String object) {
        out.raw("{\"id\":")
                .string(id)
                .raw(",\"object\":")
                .string(object)
                .raw(",\"created\":")
                .number(created);
        out.raw(",\"model\":").string(model).raw(",");
    }
}
