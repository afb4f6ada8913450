package dev.nacelle.frontend.pipeline;

import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The ids of the requests under way, no two alike. A caller's own is taken where it is harmless: engines and logs rely on
 * it.
 */
final class RequestIds {
    static final String HEADER = "X-Request-Id";

    private static final HexFormat HEX = HexFormat.of();
    private static final int LENGTH_MAX = 128;

    private final Set<String> taken = ConcurrentHashMap.newKeySet();

    /** An id for a request, which keeps it until {@link #release}. */
    String claim(Optional<String> wanted) {
        var base = wanted.filter(RequestIds::isHarmless).orElseGet(RequestIds::random);
        var id = base;
        while (!taken.add(id)) id = base + "-" + random().substring(0, 8);
        return id;
    }

    /** An id for a part of a request, which keeps it until {@link #release}. */
    String claimPart(String whole, int number) {
        var base = "%s-%d".formatted(whole, number);
        var id = base;
        while (!taken.add(id)) id = base + "-" + random().substring(0, 8);
        return id;
    }

    void release(String id) {
        taken.remove(id);
    }

    private static boolean isHarmless(String id) {
        if (id.isEmpty() || id.length() > LENGTH_MAX) return false;
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && "-_.:/+=@~".indexOf(c) < 0) return false;
        }
        return true;
    }

    private static String random() {
        var random = ThreadLocalRandom.current();
        return HEX.toHexDigits(random.nextLong()) + HEX.toHexDigits(random.nextLong());
    }
}
