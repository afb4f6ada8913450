package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.kv.LocalRankFeed;
import dev.nacelle.spi.EngineAction;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The control {@code drop_events} of a worker that has KV events: lets them get lost on their way to routers, to show how
 * those make it good. Of the host and not of the engine, as it acts behind the numbers that the host gives.
 *
 * <p>Takes {@code on} (true unless said) and {@code dp_rank} (all unless said); answers with what becomes of each rank's.
 */
record DropEvents(LocalRankFeed.Source feed) implements EngineAction {
    private static final String ON = "on";
    private static final String RANK = "dp_rank";

    @Override
    public Map<String, Object> apply(Map<String, Object> body) {
        try {
            for (var key : body.keySet())
                if (!key.equals(ON) && !key.equals(RANK))
                    throw new IllegalArgumentException("%s: not known, expected on, dp_rank".formatted(key));
            boolean on = on(body.getOrDefault(ON, true));
            chosen(body).forEach(rank -> feed.lose(rank, on));
        } catch (IllegalArgumentException e) {
            return Map.of("status", "error", "message", String.valueOf(e.getMessage()));
        }
        var shown = new TreeMap<String, Object>();
        feed.losing().forEach((rank, losing) -> shown.put(Integer.toString(rank), losing ? "dropped" : "sent"));
        return Map.of("status", "ok", "events", shown);
    }

    private static boolean on(Object value) {
        if (value instanceof Boolean on) return on;
        throw new IllegalArgumentException("on %s, expected true or false".formatted(value));
    }

    private Collection<Integer> chosen(Map<String, Object> body) {
        var ranks = feed.losing().keySet();
        if (!body.containsKey(RANK)) return ranks;
        var asked = body.get(RANK);
        if (asked instanceof Integer rank && ranks.contains(rank)) return List.of(rank);
        throw new IllegalArgumentException("dp_rank %s, expected one of %s".formatted(asked, ranks));
    }
}
