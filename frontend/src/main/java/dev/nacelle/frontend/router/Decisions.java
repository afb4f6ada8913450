package dev.nacelle.frontend.router;

import dev.nacelle.routing.Placement;
import dev.nacelle.routing.Placement.Placed;
import dev.nacelle.routing.Rank;
import dev.nacelle.routing.RoutingMode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The last decisions, for {@code /router}. From any thread. */
final class Decisions {
    private static final int KEPT = 32;

    private final Deque<Decision> last = new ArrayDeque<>();

    /** Who got a request, and why. */
    record Decision(
            Instant at,
            String request,
            RoutingMode mode,
            Rank rank,
            Placement.Reason reason,
            int candidates,
            double cost,
            int blocks,
            int cachedBlocks,
            double micros) {
        static Decision of(String request, RoutingMode mode, Placed placed) {
            var timing = placed.timing();
            return new Decision(
                    Instant.now(),
                    request,
                    mode,
                    placed.rank(),
                    placed.reason(),
                    placed.candidates(),
                    placed.cost(),
                    placed.blocks(),
                    placed.cachedBlocks(),
                    (timing.scheduled() - timing.start()) / 1e3);
        }

        /** One line, for a header. */
        String explained() {
            return "mode=%s; reason=%s; candidates=%d; cost=%.1f; blocks=%d; cached_blocks=%d; micros=%.0f"
                    .formatted(
                            RouteHints.label(mode),
                            RouteHints.label(reason),
                            candidates,
                            cost,
                            blocks,
                            cachedBlocks,
                            micros);
        }

        Map<String, Object> shown() {
            var shown = new LinkedHashMap<String, Object>();
            shown.put("at", at.toString());
            shown.put("request", request);
            shown.put("mode", RouteHints.label(mode));
            shown.put("rank", rank.toString());
            shown.put("reason", RouteHints.label(reason));
            shown.put("candidates", candidates);
            shown.put("cost", cost);
            shown.put("blocks", blocks);
            shown.put("cached_blocks", cachedBlocks);
            shown.put("micros", micros);
            return shown;
        }
    }

    synchronized void add(Decision decision) {
        if (last.size() == KEPT) last.removeLast();
        last.addFirst(decision);
    }

    /** The newest first. */
    synchronized List<Map<String, Object>> shown() {
        return last.stream().map(Decision::shown).toList();
    }
}
