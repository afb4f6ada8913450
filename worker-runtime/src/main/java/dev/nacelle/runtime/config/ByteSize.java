package dev.nacelle.runtime.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An amount of memory or data: {@code 16MiB}, {@code 64KB}, {@code 4096}. {@code KB MB GB TB} are powers of 1000,
 * {@code KiB MiB GiB TiB} powers of 1024, a plain number is bytes.
 *
 * @param bytes never negative
 */
public record ByteSize(long bytes) {
    /** The form for a JSON Schema. */
    static final String JSON_PATTERN = "^[0-9]{1,19} ?(([KMGT]i?)?B)?$";

    private static final Pattern FORM = Pattern.compile("([0-9]{1,19})\\s*([a-z]*)");
    private static final Map<String, Long> UNITS = Map.of(
            "",
            1L,
            "b",
            1L,
            "kb",
            1000L,
            "mb",
            1000_000L,
            "gb",
            1000_000_000L,
            "tb",
            1000_000_000_000L,
            "kib",
            1L << 10,
            "mib",
            1L << 20,
            "gib",
            1L << 30,
            "tib",
            1L << 40);
    private static final List<String> PRINTED = List.of("TiB", "GiB", "MiB", "KiB", "TB", "GB", "MB", "KB");

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes %d, expected 0 or more".formatted(bytes));
        }
    }

    /**
     * Reads what {@link #toString} writes, and any other form.
     *
     * @throws IllegalArgumentException if the text is no size, or one beyond 2^63 - 1 bytes
     */
    public static ByteSize parse(String text) {
        var form = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        var unit = form.matches() ? UNITS.get(form.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("\"%s\" is no size; write 16MiB, 64KB or 4096".formatted(text));
        }
        try {
            return new ByteSize(Math.multiplyExact(Long.parseLong(form.group(1)), unit));
        } catch (NumberFormatException | ArithmeticException tooLarge) {
            throw new IllegalArgumentException("\"%s\" is more than 2^63 - 1 bytes".formatted(text), tooLarge);
        }
    }

    /** The shortest exact form, which {@link #parse} reads back. */
    @Override
    public String toString() {
        for (var unit : PRINTED) {
            long factor = UNITS.getOrDefault(unit.toLowerCase(Locale.ROOT), 1L);
            if (bytes >= factor && bytes % factor == 0) {
                return bytes / factor + unit;
            }
        }
        return Long.toString(bytes);
    }
}
