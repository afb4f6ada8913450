package dev.nacelle.dynamo.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** JSON values into a frame. */
final class JsonText {
    private static final JsonStringEncoder ENCODER = JsonStringEncoder.getInstance();

    private JsonText() {}

    static void put(String text, FrameBuffer to) {
        to.put('"').put(ENCODER.quoteAsUTF8(text)).put('"');
    }

    /** A number as JSON can say it: what is not finite becomes the nearest that is. */
    static void put(double number, FrameBuffer to) {
        if (Double.isNaN(number)) to.put("null");
        else to.put(Double.toString(Math.clamp(number, -Double.MAX_VALUE, Double.MAX_VALUE)));
    }

    /**
     * Maps, lists, strings, numbers, booleans and null.
     *
     * @throws IllegalArgumentException when there is anything else in it: an engine's mistake
     */
    static void put(Object value, FrameBuffer to) {
        try {
            to.put(Json.MAPPER.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("data that is no JSON: " + e.getOriginalMessage(), e);
        }
    }
}
