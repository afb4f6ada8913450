package dev.nacelle.runtime.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 1.5s}, {@code 2m}, {@code 1h}. */
final class Durations {
    private static final String TEXT = "([0-9]{1,12}(?:\\.[0-9]{1,9})?) ?(ns|us|ms|s|m|h|d)";
    private static final Pattern FORM = Pattern.compile(TEXT);

    /** The form for a JSON Schema. */
    static final String JSON_PATTERN = "^(0|" + TEXT + ")$";

    private static final Map<String, Long> NANOS = units();
    private static final BigDecimal NANOS_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    private Durations() {}

    private static Map<String, Long> units() {
        var units = new LinkedHashMap<String, Long>();
        units.put("h", 3_600_000_000_000L);
        units.put("m", 60_000_000_000L);
        units.put("s", 1_000_000_000L);
        units.put("ms", 1_000_000L);
        units.put("us", 1_000L);
        units.put("ns", 1L);
        units.put("d", 86_400_000_000_000L);
        return units;
    }

    static Optional<Duration> parse(String text) {
        if (text.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        var form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        var nanos = new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(NANOS.getOrDefault(form.group(2), 1L)));
        return nanos.compareTo(NANOS_MAX) > 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos.longValue()));
    }

    /** The shortest exact form, which {@link #parse} reads back. */
    static String format(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        long nanos = duration.toNanos();
        for (var unit : NANOS.entrySet()) {
            if (nanos % unit.getValue() == 0) {
                return nanos / unit.getValue() + unit.getKey();
            }
        }
        throw new AssertionError("every number of nanoseconds is a multiple of 1");
    }
}
