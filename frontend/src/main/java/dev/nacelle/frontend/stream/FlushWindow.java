package dev.nacelle.frontend.stream;

import java.time.Duration;

/**
 * Which of a stream's events share a write: {@code auto}, those that were ready when the writer came to the stream; {@code
 * off}, none; a number, those of so many milliseconds. Each token has an event of its own always.
 *
 * @param shares whether events may share a write
 * @param delay how long a write waits for further events, after the one before
 */
public record FlushWindow(boolean shares, Duration delay) {
    private static final int MILLIS_MAX = 1000;

    /**
     * What the setting says.
     *
     * @throws IllegalArgumentException when it is none of the three
     */
    public static FlushWindow of(String text) {
        return switch (text) {
            case "auto" -> new FlushWindow(true, Duration.ZERO);
            case "off" -> new FlushWindow(false, Duration.ZERO);
            default -> {
                if (!text.matches("\\d{1,4}") || Integer.parseInt(text) > MILLIS_MAX)
                    throw new IllegalArgumentException(
                            "flush_window \"%s\", expected auto, off or 0 to %d (milliseconds)"
                                    .formatted(text, MILLIS_MAX));
                yield new FlushWindow(true, Duration.ofMillis(Integer.parseInt(text)));
            }
        };
    }
}
